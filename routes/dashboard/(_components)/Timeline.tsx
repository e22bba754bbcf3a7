/** What happened to one object, the newest first: events and what they changed. */
import type { TimelineEntry } from "../../../lib/store/user_page.ts";
import { ChangeTable } from "./ChangeTable.tsx";
import { Instant } from "./Instant.tsx";
import { eventLink, runLink } from "./links.ts";
import { StateBadge } from "./StateBadge.tsx";

interface TimelineProps {
  readonly entries: readonly TimelineEntry[];
  readonly now: Date;
}

export function Timeline({ entries, now }: TimelineProps) {
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <li
          key={entry.event?._id ?? entry.changes[0]?._id}
          class={`mark-${entry.event?.state ?? "applied"}`}
        >
          <p class="timeline-head">
            <EntryTitle entry={entry} />
            <Instant at={entry.at} now={now} />
          </p>
          {entry.changes.map((change) => (
            <ChangeTable key={change._id} change={change} />
          ))}
        </li>
      ))}
    </ol>
  );
}

/** Words for a write that no recorded event explains. */
const CHANGE_WORDS = {
  insert: "Document made",
  update: "Document changed",
  delete: "Document removed",
};

function EntryTitle({ entry }: { readonly entry: TimelineEntry }) {
  const { event, changes: [change] } = entry;
  if (event) {
    return (
      <span>
        <a href={eventLink(event._id)}>{event.type}</a>{" "}
        <StateBadge state={event.state} reason={event.reason} />
        {event.run_id && (
          <>
            {" "}
            <a class="small" href={runLink(event.run_id)}>run</a>
          </>
        )}
      </span>
    );
  }
  return (
    <span>
      {change && CHANGE_WORDS[change.kind]}{" "}
      <span class="muted small">by {change?.source}</span>
    </span>
  );
}
