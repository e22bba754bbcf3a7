/** How fresh MongoDB was, hour by hour: from Clerk's timestamp to the commit. */
import type { FreshHour } from "../../../lib/store/freshness.ts";
import { formatMs } from "./EventTable.tsx";
import { Instant } from "./Instant.tsx";

interface FreshnessTableProps {
  /** Oldest first. */
  readonly hours: readonly FreshHour[];
  readonly now: Date;
}

export function FreshnessTable({ hours, now }: FreshnessTableProps) {
  const written = hours.filter(({ count }) => count > 0).toReversed();
  if (written.length === 0) {
    return <p class="muted">Nothing was written in these hours.</p>;
  }
  return (
    <div class="table-frame">
      <table aria-label="Freshness by the hour">
        <thead>
          <tr>
            <th>Hour from</th>
            <th class="end">Writes</th>
            <th class="end">Median</th>
            <th class="end">95 %</th>
            <th class="end">99 %</th>
          </tr>
        </thead>
        <tbody>
          {written.map(({ at, count, p50Ms, p95Ms, p99Ms }) => (
            <tr key={at.getTime()}>
              <td>
                <Instant at={at} now={now} />
              </td>
              <td class="end">{count.toLocaleString("en")}</td>
              {[p50Ms, p95Ms, p99Ms].map((ms, index) => (
                <td key={index} class="end">{formatMs(ms)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
