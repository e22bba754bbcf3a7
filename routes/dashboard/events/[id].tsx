/** One event: what it said, how it was verified and what became of it. */
import { type Context, HttpError, page } from "fresh";
import type { Session } from "../../../lib/auth/session.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { define, type State } from "../../../lib/define.ts";
import type { ChangeDocument } from "../../../lib/store/changes.ts";
import {
  type EventPage,
  readEventPage,
} from "../../../lib/store/event_page.ts";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import type { Run } from "../../../lib/inngest/run_schema.ts";
import { type Asked, askRuns } from "../(_components)/ask_runs.ts";
import { ChangeTable } from "../(_components)/ChangeTable.tsx";
import { formatMs } from "../(_components)/EventTable.tsx";
import { Fact } from "../(_components)/Fact.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { idOf, replayLink } from "../(_components)/links.ts";
import { NoInngest } from "../(_components)/NoInngest.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Payload } from "../(_components)/Payload.tsx";
import { RevealForm } from "../(_components)/RevealForm.tsx";
import { RunTable } from "../(_components)/RunTable.tsx";
import { StateBadge } from "../(_components)/StateBadge.tsx";
import { Subject } from "../(_components)/Subject.tsx";

interface EventData {
  readonly found: EventPage;
  /** What the event started, automations too; null when nothing is known. */
  readonly runs: Asked<readonly Run[]> | null;
  readonly isRevealed: boolean;
  readonly session: Session | null;
  readonly now: Date;
}

export const handler = define.handlers<EventData>({
  GET: async (ctx) => page(await readEvent(ctx, false)),
  async POST(ctx) {
    const { services } = ctx.state;
    const session = requireOperator(ctx.state.session);
    await services.store.auditLog.record({
      who: session.name,
      action: "reveal-payload",
      subject: idOf(ctx.url),
    }, services.clock);
    return page(await readEvent(ctx, true));
  },
});

export default define.page<typeof handler>(function EventDetail({ data }) {
  const { found: { event, changes }, isRevealed, session, now } = data;
  return (
    <>
      <p class="crumb">
        <a href="/dashboard/events">Events</a>
      </p>
      <PageHead
        title={
          <>
            {event.type} <StateBadge state={event.state} />
          </>
        }
        tab={event.type}
        lead={<code>{event._id}</code>}
      >
        {session?.role === "operator" && (
          <a class="button quiet" href={replayLink({ event: event._id })}>
            Replay…
          </a>
        )}
      </PageHead>
      <div class="columns">
        <Facts event={event} now={now} />
        <section aria-labelledby="payload">
          <h2 id="payload">Payload</h2>
          {event.erased_at
            ? (
              <p class="muted">
                Erased on demand{" "}
                <Instant at={event.erased_at} now={now} />: the user was
                forgotten.
              </p>
            )
            : (
              <>
                <Payload
                  value={event.payload}
                  isRevealed={isRevealed}
                  label="Payload"
                />
                <RevealForm session={session} isRevealed={isRevealed} />
              </>
            )}
        </section>
      </div>
      <Runs runs={data.runs} now={now} />
      <Changes changes={changes} />
    </>
  );
});

async function readEvent(
  ctx: Context<State>,
  isRevealed: boolean,
): Promise<EventData> {
  const { services, session } = ctx.state;
  const found = await readEventPage(services.store, idOf(ctx.url));
  if (found === null) throw new HttpError(404);
  const { run_id } = found.event;
  const runs = run_id === undefined
    ? null
    : await askRuns(services.runs.readSiblings(run_id));
  return { found, runs, isRevealed, session, now: services.clock.now() };
}

/** Reasons as sentences. */
const REASONS: Readonly<Record<string, string>> = {
  stale: "stale: a newer state was there already",
  duplicate: "duplicate: the same event had been applied",
  tombstoned: "tombstoned: Clerk had deleted it before",
  "other-instance": "other-instance: it came from another Clerk instance",
};

const ROADS = {
  webhook: "signed webhook",
  template: "Clerk's Inngest template, not verified",
};

interface FactsProps {
  readonly event: WebhookEventDocument;
  readonly now: Date;
}

function Facts({ event, now }: FactsProps) {
  const { reason, redelivered_at } = event;
  const isFailed = event.state === "failed";
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">What became of it</h2>
      <dl class="facts">
        <Fact label="About">
          <Subject id={event.subject} />
        </Fact>
        <Fact label={isFailed ? "Failure" : "Discarded as"} isOptional>
          {reason && (REASONS[reason] ?? reason)}
        </Fact>
        <Fact label="Sent by Clerk">
          {event.event_at
            ? <Instant at={event.event_at} now={now} />
            : "at a time that the event does not tell"}
        </Fact>
        <Fact label="Received">
          <Instant at={event.received_at} now={now} />
        </Fact>
        <Fact label="Settled">
          <Instant at={event.settled_at ?? null} now={now} />
        </Fact>
        <Fact label="Lag">{formatMs(event.lag_ms)}</Fact>
        <Fact label="Redelivered" isOptional>
          {redelivered_at && <Instant at={redelivered_at} now={now} />}
        </Fact>
        <Fact label="Came as" isOptional>
          {event.road && ROADS[event.road]}
        </Fact>
        <Fact label="Verified with" isOptional>
          {event.secret && (
            <>
              secret <code>{event.secret}</code>
            </>
          )}
        </Fact>
        <Fact label="Instance" isOptional>
          {event.instance_id && <code>{event.instance_id}</code>}
        </Fact>
      </dl>
    </section>
  );
}

interface RunsProps {
  readonly runs: EventData["runs"];
  readonly now: Date;
}

function Runs({ runs, now }: RunsProps) {
  if (runs === null) return null;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      {runs.kind === "silent"
        ? <NoInngest error={runs.error} />
        : runs.value.length === 0
        ? (
          <p class="muted">
            Inngest has forgotten them: it keeps runs for some days.
          </p>
        )
        : <RunTable runs={runs.value} now={now} />}
    </section>
  );
}

function Changes({ changes }: { readonly changes: readonly ChangeDocument[] }) {
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">What it changed</h2>
      {changes.map((change) => (
        <div key={change._id} class="panel">
          <ChangeTable change={change} />
        </div>
      ))}
    </section>
  );
}
