/** Events as rows: what, about whom, what became of it, when. */
import type { Overview } from "../../../lib/store/overview.ts";
import { Instant } from "./Instant.tsx";

interface EventTableProps {
  readonly events: Overview["newestEvents"];
  readonly now: Date;
}

export function EventTable({ events, now }: EventTableProps) {
  if (events.length === 0) {
    return (
      <p class="empty">
        No event has arrived yet. Point a webhook endpoint of Clerk at{" "}
        <code>/api/webhooks/clerk</code>.
      </p>
    );
  }
  return (
    <table>
      <thead>
        <tr>
          <th>Type</th>
          <th>Subject</th>
          <th>State</th>
          <th>Received</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event._id}>
            <td>{event.type}</td>
            <td>
              <code>{event.subject ?? "–"}</code>
            </td>
            <td>
              <span class={`badge badge-${event.state}`}>{event.state}</span>
              {event.reason && <span class="muted small">{event.reason}</span>}
            </td>
            <td>
              <Instant at={event.received_at} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
