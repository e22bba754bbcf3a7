/** Runs as rows: which function, how it stands, since when and for how long. */
import type { Run } from "../../../lib/inngest/run_schema.ts";
import { formatMs } from "./EventTable.tsx";
import { Instant } from "./Instant.tsx";
import { runLink } from "./links.ts";
import { StateBadge } from "./StateBadge.tsx";

interface RunTableProps {
  readonly runs: readonly Run[];
  readonly now: Date;
}

export function RunTable({ runs, now }: RunTableProps) {
  return (
    <div class="table-frame">
      <table aria-label="Runs">
        <thead>
          <tr>
            <th>Function</th>
            <th>State</th>
            <th class="wide">Started by</th>
            <th class="end wide">Took</th>
            <th class="end">Queued</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-row>
              <td>
                <a href={runLink(run.id)}>{run.functionName}</a>
                <span class="below">{run.functionId}</span>
              </td>
              <td>
                <StateBadge state={run.state} />
              </td>
              <td class="wide">{startOf(run)}</td>
              <td class="wide end number">{formatMs(durationOf(run, now))}</td>
              <td class="end">
                <Instant at={run.queuedAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function startOf({ cron, isBatch }: Run): string {
  if (cron !== null) return `the clock, ${cron}`;
  return isBatch ? "a batch of events" : "an event";
}

/**
 * How long a run took, or takes up to now.
 *
 * @param run The run.
 * @param now The present.
 * @returns ms; null for a run that has not begun.
 */
export function durationOf({ startedAt, endedAt }: Run, now: Date) {
  if (startedAt === null) return null;
  return (endedAt ?? now).getTime() - startedAt.getTime();
}
