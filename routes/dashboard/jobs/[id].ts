/**
 * The buttons of a job: `action` is `pause`, `resume` or `cancel`; `start` with
 * the id `backfill` begins an import. Each press goes on record.
 */
import { HttpError } from "fresh";
import {
  BACKFILL,
  beginBackfill,
  controlJob,
  type JobAction,
} from "../../../functions/control_job.ts";
import { safePath } from "../../../lib/auth/safe_path.ts";
import { define } from "../../../lib/define.ts";
import type { Services } from "../../../lib/services.ts";
import { readForm } from "../../(_forms)/read_form.ts";
import { requireOperator } from "../(_access)/require_operator.ts";

const ACTIONS: readonly string[] = ["pause", "resume", "cancel"];

export const handler = define.handlers({
  async POST(ctx) {
    const { services, session } = ctx.state;
    const { name: who } = requireOperator(session);
    const form = await readForm(ctx.req);
    const action = String(form.get("action"));
    const { id = "" } = ctx.params;
    if (id === BACKFILL && action === "start") {
      await beginImport(services, who);
    } else if (isJobAction(action)) {
      await actOnJob(services, { id, action, who });
    } else {
      throw new HttpError(400);
    }
    return ctx.redirect(safePath(form.get("next"), "/dashboard/drift"), 303);
  },
});

/** A second press of the button finds the first one's import: no fault. */
async function beginImport(services: Services, who: string): Promise<void> {
  if (services.clerkApi === undefined) throw new HttpError(400);
  const { store, clock } = services;
  await store.auditLog.record(
    { who, action: "start-backfill", subject: null },
    clock,
  );
  await beginBackfill(services, who);
}

/** What the job's state does not allow any more is left as it is. */
async function actOnJob(
  services: Services,
  wish: {
    readonly id: string;
    readonly action: JobAction;
    readonly who: string;
  },
): Promise<void> {
  const { store, clock } = services;
  const { id, action, who } = wish;
  const job = await store.jobs.read(id);
  if (job === null) throw new HttpError(404);
  await store.auditLog.record(
    { who, action: `${action}-${job.kind}`, subject: id },
    clock,
  );
  await controlJob(services, job, action);
}

function isJobAction(action: string): action is JobAction {
  return ACTIONS.includes(action);
}
