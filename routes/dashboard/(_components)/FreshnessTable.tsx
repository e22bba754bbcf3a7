/** How fresh MongoDB was, hour by hour: from Clerk's timestamp to the commit. */
import { useContext } from "preact/hooks";
import type { FreshHour } from "../../../lib/store/freshness.ts";
import { formatMs } from "./EventTable.tsx";
import { TimeFormatContext } from "./TimeFormatContext.ts";

interface FreshnessTableProps {
  /** Oldest first. */
  readonly hours: readonly FreshHour[];
}

export function FreshnessTable({ hours }: FreshnessTableProps) {
  const { format } = useContext(TimeFormatContext);
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
            <th>From Clerk to the commit</th>
            <th class="end">Writes</th>
          </tr>
        </thead>
        <tbody>
          {written.map(({ at, count, p50Ms, p95Ms, p99Ms }) => (
            <tr key={at.getTime()}>
              <td>
                <time dateTime={at.toISOString()}>{format(at)}</time>
              </td>
              <td>
                median {formatMs(p50Ms)}, 95 % {formatMs(p95Ms)}, 99 %{" "}
                {formatMs(p99Ms)}
              </td>
              <td class="end">{count.toLocaleString("en")} writes</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
