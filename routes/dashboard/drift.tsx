/** Drift: how Clerk and MongoDB differ, why, and the button that repairs it. */
import { type Context, HttpError, page } from "fresh";
import { BACKFILL } from "../../functions/control_job.ts";
import { define, type State } from "../../lib/define.ts";
import { RECONCILE_REQUESTED, SCAN_REQUESTED } from "../../lib/events.ts";
import type { DriftItem, DriftReport } from "../../lib/store/drift.ts";
import type { JobDocument } from "../../lib/store/jobs.ts";
import { readForm } from "../(_forms)/read_form.ts";
import { requireOperator } from "./(_access)/require_operator.ts";
import { BackfillPanel } from "./(_components)/BackfillPanel.tsx";
import { DriftTable } from "./(_components)/DriftTable.tsx";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";

interface DriftData {
  readonly hasClerk: boolean;
  readonly isOperator: boolean;
  readonly attempt: DriftReport | null;
  readonly good: DriftReport | null;
  readonly items: readonly DriftItem[];
  readonly backfill: JobDocument | null;
  readonly now: Date;
  /** What was asked for just now, or null. */
  readonly asked: string | null;
}

/** Items on the page, and users in one repair. */
const MAX_ITEMS = 100;

export const handler = define.handlers<DriftData>({
  GET: async (ctx) => page(await readDrift(ctx, null)),
  async POST(ctx) {
    const { services } = ctx.state;
    const session = requireOperator(ctx.state.session);
    if (services.clerkApi === undefined) throw new HttpError(400);
    const form = await readForm(ctx.req);
    const ids = form.getAll("user").map(String).slice(0, MAX_ITEMS);
    if (ids.length === 0) {
      await services.inngest.send({ name: SCAN_REQUESTED, data: {} });
      return page(await readDrift(ctx, "A scan was asked for."));
    }
    await services.inngest.send({
      name: RECONCILE_REQUESTED,
      data: { user_ids: ids, who: session.name },
    });
    const count = ids.length === 1 ? "1 user" : `${ids.length} users`;
    return page(await readDrift(ctx, `The repair of ${count} was asked for.`));
  },
});

export default define.page<typeof handler>(function DriftPage({ data }) {
  const { hasClerk, isOperator, items, asked } = data;
  return (
    <>
      <PageHead title="Drift" lead="Where Clerk and MongoDB differ, and why">
        {hasClerk && isOperator && (
          <form method="post">
            <button type="submit">Scan now</button>
          </form>
        )}
      </PageHead>
      {asked !== null && (
        <section class="banner banner-good" role="status" data-answer>
          <div>
            <p class="banner-title">{asked}</p>
            <p>It shows here when it is done.</p>
          </div>
        </section>
      )}
      {hasClerk ? <Reports data={data} /> : <NoKey />}
      {items.length > 0 &&
        (
          <DriftTable
            items={items}
            now={data.now}
            isOperator={isOperator && hasClerk}
          />
        )}
      {hasClerk && (
        <BackfillPanel
          job={data.backfill}
          now={data.now}
          isOperator={isOperator}
          next="/dashboard/drift"
        />
      )}
    </>
  );
});

function Reports({ data }: { readonly data: DriftData }) {
  const { attempt, good, items, now } = data;
  if (attempt === null) {
    return (
      <EmptyState title="Nothing compared yet">
        A scan runs every six hours. It asks Clerk for every user, page by page,
        and looks again after two minutes before it calls anything drift.
      </EmptyState>
    );
  }
  return (
    <>
      <dl class="figures">
        <div class="figure">
          <dt>Differences</dt>
          <dd>{items.length === MAX_ITEMS ? `${MAX_ITEMS}+` : items.length}</dd>
        </div>
        <div class="figure">
          <dt>Users compared</dt>
          <dd>{(good?.checked ?? 0).toLocaleString("en")}</dd>
        </div>
        <div class="figure">
          <dt>Last good scan</dt>
          <dd>
            <Instant at={good?.finished_at ?? null} now={now} />
          </dd>
        </div>
        <div class="figure">
          <dt>Last attempt</dt>
          <dd>
            <Instant at={attempt.started_at} now={now} />
          </dd>
          <dd class="muted small">{attempt.reason ?? attempt.state}</dd>
        </div>
      </dl>
      {items.length === 0 && good !== null && (
        <EmptyState title="No differences">
          Every user that was compared is the same on both sides.
        </EmptyState>
      )}
    </>
  );
}

function NoKey() {
  return (
    <EmptyState title="Clerk cannot be asked">
      Set{" "}
      <code>CLERK_SECRET_KEY</code>, from API keys in Clerk's dashboard, and
      restart.
    </EmptyState>
  );
}

async function readDrift(
  ctx: Context<State>,
  asked: string | null,
): Promise<DriftData> {
  const { services, session } = ctx.state;
  const { store } = services;
  const [{ attempt, good }, items, backfill] = await Promise.all([
    store.drift.readLatest(),
    store.drift.listOpen(MAX_ITEMS),
    store.jobs.readLatest(BACKFILL),
  ]);
  return {
    hasClerk: services.clerkApi !== undefined,
    isOperator: session?.role === "operator",
    attempt,
    good,
    items,
    backfill,
    now: services.clock.now(),
    asked,
  };
}
