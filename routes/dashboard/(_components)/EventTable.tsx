/** Events as rows: what, about whom, what became of it, when. */
import type { EventRow } from "../../../lib/store/event_search.ts";
import { Instant } from "./Instant.tsx";
import { eventLink } from "./links.ts";
import { StateBadge } from "./StateBadge.tsx";
import { Subject } from "./Subject.tsx";

interface EventTableProps {
  readonly events: readonly EventRow[];
  readonly now: Date;
  /** Names the table for screen readers. */
  readonly label: string;
}

export function EventTable({ events, now, label }: EventTableProps) {
  return (
    <div class="table-frame">
      <table aria-label={label}>
        <thead>
          <tr>
            <th>Event</th>
            <th>About</th>
            <th>State</th>
            <th class="end wide">Lag</th>
            <th class="end">Received</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event._id} data-row>
              <td>
                <a href={eventLink(event._id)}>{event.type}</a>
              </td>
              <td>
                <Subject id={event.subject} />
              </td>
              <td>
                <StateBadge state={event.state} reason={event.reason} />
              </td>
              <td class="wide end number">
                {formatMs(event.lag_ms)}
              </td>
              <td class="end">
                <Instant at={event.received_at} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * Writes a duration so that it is read at a glance.
 *
 * @param ms The duration; null is shown as a dash.
 * @returns Two or three digits and a unit.
 */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
