/** What happened to one user, the newest first: events, writes, automations. */
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
        <li key={keyOf(entry)} class={`mark-${stateOf(entry)}`}>
          <p class="timeline-head">
            <span>
              <EntryTitle entry={entry} />
            </span>
            <span class="small muted">
              <Instant at={entry.at} now={now} />
            </span>
          </p>
          {changesOf(entry).map((change) => (
            <ChangeTable key={change._id} change={change} isFolded />
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
  switch (entry.kind) {
    case "event": {
      const { _id, type, state, reason, run_id } = entry.event;
      return (
        <>
          <a href={eventLink(_id)}>{type}</a>{" "}
          <StateBadge state={state} reason={reason} />{" "}
          {run_id && <a class="small" href={runLink(run_id)}>run</a>}
        </>
      );
    }
    case "change": {
      const { kind, source, event_id } = entry.change;
      // A repair's writes are recorded under the id of its run.
      const runId = /^reconcile:([^:]+):/.exec(event_id)?.[1];
      return (
        <>
          {CHANGE_WORDS[kind]} <span class="muted small">by {source}</span>{" "}
          {runId && <a class="small" href={runLink(runId)}>run</a>}
        </>
      );
    }
    case "task": {
      const { automation, state, reason, provider_id } = entry.task;
      return (
        <>
          <a href={`/dashboard/automations?automation=${automation}`}>
            {automation}
          </a>{" "}
          <StateBadge state={state} reason={reason} />{" "}
          {provider_id && <code>{provider_id}</code>}
        </>
      );
    }
    default:
      return entry satisfies never;
  }
}

function keyOf(entry: TimelineEntry): string {
  if (entry.kind === "event") return entry.event._id;
  return entry.kind === "change" ? entry.change._id : entry.task._id;
}

function stateOf(entry: TimelineEntry): string {
  if (entry.kind === "event") return entry.event.state;
  return entry.kind === "change" ? "applied" : entry.task.state;
}

function changesOf(entry: TimelineEntry) {
  if (entry.kind === "event") return entry.changes;
  return entry.kind === "change" ? [entry.change] : [];
}
