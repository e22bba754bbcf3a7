/** One run: what started it, its steps and attempts in time, stop and repeat. */
import { type Context, HttpError, page } from "fresh";
import type { Session } from "../../../lib/auth/session.ts";
import { define, type State } from "../../../lib/define.ts";
import type { Run } from "../../../lib/inngest/run_schema.ts";
import type { RunDetail } from "../../../lib/inngest/runs_api.ts";
import type { Services } from "../../../lib/services.ts";
import { readForm } from "../../(_forms)/read_form.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { type Asked, askRuns } from "../(_components)/ask_runs.ts";
import { Confirm } from "../(_components)/Confirm.tsx";
import { formatMs } from "../(_components)/EventTable.tsx";
import { Fact } from "../(_components)/Fact.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { eventLink, idOf, runLink } from "../(_components)/links.ts";
import { NoInngest } from "../(_components)/NoInngest.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Payload } from "../(_components)/Payload.tsx";
import { RevealForm } from "../(_components)/RevealForm.tsx";
import { durationOf } from "../(_components)/RunTable.tsx";
import { StateBadge } from "../(_components)/StateBadge.tsx";
import { StepAxis } from "../(_components)/StepAxis.tsx";
import { Subject } from "../(_components)/Subject.tsx";

interface RunData {
  readonly id: string;
  readonly found: Asked<RunDetail>;
  readonly isRevealed: boolean;
  readonly session: Session | null;
  readonly now: Date;
}

export const handler = define.handlers<RunData>({
  GET: async (ctx) => page(await readRun(ctx, false)),
  async POST(ctx) {
    const { services } = ctx.state;
    const { name: who } = requireOperator(ctx.state.session);
    const action = (await readForm(ctx.req)).get("action");
    const id = idOf(ctx.url);
    if (action === "reveal") {
      await record(services, { who, action: "reveal-run", subject: id });
      return page(await readRun(ctx, true));
    }
    if (action === "cancel") {
      await record(services, { who, action: "cancel-run", subject: id });
      if (!await services.runs.cancel(id)) throw new HttpError(404);
      return ctx.redirect(runLink(id), 303);
    }
    if (action !== "rerun") throw new HttpError(400);
    await record(services, { who, action: "rerun", subject: id });
    const next = await services.runs.rerun(id);
    if (next === null) throw new HttpError(404);
    return ctx.redirect(runLink(next), 303);
  },
});

async function record(
  { store, clock }: Services,
  action: Parameters<Services["store"]["auditLog"]["record"]>[0],
): Promise<void> {
  await store.auditLog.record(action, clock);
}

async function readRun(
  ctx: Context<State>,
  isRevealed: boolean,
): Promise<RunData> {
  const { services, session } = ctx.state;
  const id = idOf(ctx.url);
  const asked = await askRuns(services.runs.read(id));
  const now = services.clock.now();
  if (asked.kind === "silent") {
    return { id, found: asked, isRevealed, session, now };
  }
  if (asked.value === null) throw new HttpError(404);
  const found = { kind: "answer", value: asked.value } as const;
  return { id, found, isRevealed, session, now };
}

export default define.page<typeof handler>(function RunPage({ data }) {
  const { id, found } = data;
  return (
    <>
      <p class="crumb">
        <a href="/dashboard/runs">Runs</a>
      </p>
      {found.kind === "silent"
        ? (
          <>
            <PageHead title="A run" lead={<code>{id}</code>} />
            <NoInngest error={found.error} />
          </>
        )
        : <Found data={data} detail={found.value} />}
    </>
  );
});

interface FoundProps {
  readonly data: RunData;
  readonly detail: RunDetail;
}

function Found({ data, detail }: FoundProps) {
  const { isRevealed, session, now } = data;
  const { run, steps } = detail;
  return (
    <>
      <PageHead
        title={
          <>
            {run.functionName} <StateBadge state={run.state} />
          </>
        }
        tab={run.functionName}
        lead={<code>{run.id}</code>}
      >
        {session?.role === "operator" && <Actions run={run} />}
      </PageHead>
      <section aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
        {steps === null
          ? <p class="muted">This Inngest does not tell them.</p>
          : steps.length === 0
          ? (
            <p class="muted">
              {run.endedAt === null
                ? "None has been made so far."
                : "This function does all at once, without steps."}
            </p>
          )
          : (
            <StepAxis
              steps={steps}
              from={run.startedAt ?? run.queuedAt}
              to={run.endedAt ?? now}
              isRevealed={isRevealed}
            />
          )}
      </section>
      <div class="columns">
        <Facts detail={detail} now={now} />
        <section aria-labelledby="output">
          <h2 id="output">Output</h2>
          <Payload
            value={run.output ?? null}
            isRevealed={isRevealed}
            label="Output"
          />
          <RevealForm session={session} isRevealed={isRevealed} />
        </section>
      </div>
    </>
  );
}

function Actions({ run }: { readonly run: Run }) {
  const isOver = run.endedAt !== null;
  return isOver
    ? (
      <Confirm
        id="rerun"
        ask="Run again…"
        action="rerun"
        confirm={`Run ${run.functionId} once more`}
      >
        <p>
          A new run begins with the same event. Writes go through the same
          guard: nothing old overwrites what is newer.
        </p>
      </Confirm>
    )
    : (
      <Confirm
        id="cancel"
        ask="Cancel…"
        action="cancel"
        confirm={`Cancel this run of ${run.functionId}`}
      >
        <p>
          It ends after its present step. What its steps have written stays; a
          replay of the event brings the rest.
        </p>
      </Confirm>
    );
}

interface FactsProps {
  readonly detail: RunDetail;
  readonly now: Date;
}

function Facts({ detail: { run, event }, now }: FactsProps) {
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">What started it</h2>
      <dl class="facts">
        <Fact label="Function">
          <a href={`/dashboard/runs?function=${run.functionId}`}>
            {run.functionId}
          </a>
        </Fact>
        <Fact label="Event" isOptional>
          {event && (event.name.startsWith("clerk/") && event.recordId
            ? <a href={eventLink(event.recordId)}>{event.name}</a>
            : event.name)}
          {run.isBatch && <span class="below">the first of a batch</span>}
        </Fact>
        <Fact label="About" isOptional>
          {event?.subject && <Subject id={event.subject} />}
        </Fact>
        <Fact label="Schedule" isOptional>{run.cron}</Fact>
        <Fact label="Queued">
          <Instant at={run.queuedAt} now={now} />
        </Fact>
        <Fact label="Started">
          <Instant at={run.startedAt} now={now} />
        </Fact>
        <Fact label="Ended">
          <Instant at={run.endedAt} now={now} />
        </Fact>
        <Fact label="Took">{formatMs(durationOf(run, now))}</Fact>
      </dl>
    </section>
  );
}
