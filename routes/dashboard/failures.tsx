/**
 * Failures: events whose function gave up, until somebody replays them; what
 * Rollcall had asked itself has a run to look at, and is set aside by hand.
 */
import { HttpError, page } from "fresh";
import { define } from "../../lib/define.ts";
import { CLERK_PREFIX } from "../../lib/events.ts";
import { APP_ID } from "../../lib/inngest/create_client.ts";
import { readDeadLetters } from "../../lib/store/dead_letter_page.ts";
import type { DeadLetterDocument } from "../../lib/store/dead_letters.ts";
import type { KeysetPage } from "../../lib/store/keyset_page.ts";
import { countByIndex } from "../../lib/store/overview.ts";
import { readForm } from "../(_forms)/read_form.ts";
import { requireOperator } from "./(_access)/require_operator.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import {
  eventLink,
  linkWith,
  replayLink,
  runLink,
} from "./(_components)/links.ts";
import { PageHead } from "./(_components)/PageHead.tsx";
import { Pager } from "./(_components)/Pager.tsx";
import { Subject } from "./(_components)/Subject.tsx";

interface FailuresData {
  readonly letters: KeysetPage<DeadLetterDocument>;
  /** Those that nobody has replayed. */
  readonly openCount: number;
  readonly withReplayed: boolean;
  readonly now: Date;
}

/** Inngest's full ids begin with the app's; here all do. */
const APP_PREFIX = `${APP_ID}-`;

const ROWS = 50;

export const handler = define.handlers<FailuresData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const withReplayed = searchParams.has("replayed");
    const [letters, openCount] = await Promise.all([
      readDeadLetters(store, {
        withReplayed,
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      countByIndex(store, "dead_letters", { replayed_at: null }),
    ]);
    return page({ letters, openCount, withReplayed, now: clock.now() });
  },
  async POST(ctx) {
    const { store, clock } = ctx.state.services;
    const { name: who } = requireOperator(ctx.state.session);
    const eventId = (await readForm(ctx.req)).get("aside");
    if (typeof eventId !== "string") throw new HttpError(400);
    await store.auditLog.record(
      { who, action: "set-aside-failure", subject: eventId },
      clock,
    );
    await store.deadLetters.markReplayed([eventId], clock.now());
    return ctx.redirect("/dashboard/failures", 303);
  },
});

export default define.page<typeof handler>(
  function FailuresPage({ data, url, state }) {
    const { letters, openCount, withReplayed, now } = data;
    const isOperator = state.session?.role === "operator";
    return (
      <>
        <PageHead
          title="Failures"
          lead="Events whose function failed after all its attempts"
        >
          {isOperator && openCount > 0 && (
            <a class="button" href={replayLink({ failures: "1" })}>
              Replay all {openCount.toLocaleString("en")}…
            </a>
          )}
          <nav class="choice" aria-label="Which failures">
            <a
              href={linkWith(url, { replayed: null, after: null })}
              aria-current={withReplayed ? "false" : "true"}
            >
              Open
            </a>
            <a
              href={linkWith(url, { replayed: "1", after: null })}
              aria-current={withReplayed ? "true" : "false"}
            >
              All
            </a>
          </nav>
        </PageHead>
        {letters.rows.length === 0
          ? (
            <EmptyState title="Nothing has failed">
              An event ends up here when its function has used up all its
              attempts. Until then Inngest tries again by itself.
            </EmptyState>
          )
          : (
            <LetterTable
              letters={letters.rows}
              isOperator={isOperator}
              now={now}
            />
          )}
        <Pager url={url} next={letters.next} />
      </>
    );
  },
);

interface LetterTableProps {
  readonly letters: readonly DeadLetterDocument[];
  readonly isOperator: boolean;
  readonly now: Date;
}

function LetterTable({ letters, isOperator, now }: LetterTableProps) {
  return (
    <div class="table-frame">
      <table aria-label="Failures">
        <thead>
          <tr>
            <th>Event</th>
            <th>About</th>
            <th>Error</th>
            {isOperator && <th>Again</th>}
            <th class="end">Failed</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr key={letter._id} data-row>
              <td>
                <a
                  href={isOfClerk(letter)
                    ? eventLink(letter.event_id)
                    : runLink(letter.run_id)}
                >
                  {letter.event_name}
                </a>
                <span class="below">
                  {letter.function_id.replace(APP_PREFIX, "")}
                </span>
              </td>
              <td>
                <Subject id={letter.subject} />
              </td>
              <td class="breakable">
                {letter.error.message}
                <span class="below">
                  {letter.error.name}
                  {letter.failures > 1 && `, ${letter.failures} times`}
                </span>
              </td>
              {isOperator && (
                <td>
                  <AgainCell letter={letter} />
                </td>
              )}
              <td class="end">
                <Instant at={letter.failed_at} now={now} />
                {letter.replayed_at && (
                  <span class="below">
                    {isOfClerk(letter) ? "replayed" : "set aside"}{" "}
                    <Instant at={letter.replayed_at} now={now} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Only what came from Clerk is on record and can be sent again from there. */
function AgainCell({ letter }: { readonly letter: DeadLetterDocument }) {
  if (isOfClerk(letter)) {
    return <a href={replayLink({ event: letter.event_id })}>Replay…</a>;
  }
  return (
    <>
      <a href={runLink(letter.run_id)}>Run again…</a>
      {letter.replayed_at === null && (
        <form method="post">
          <button
            type="submit"
            class="quiet"
            name="aside"
            value={letter.event_id}
          >
            Set aside
          </button>
        </form>
      )}
    </>
  );
}

function isOfClerk({ event_name }: DeadLetterDocument): boolean {
  return event_name.startsWith(CLERK_PREFIX);
}
