/** Alerts, open and past, with what was told of them and to whom. */
import type { AlertDocument, AlertNotice } from "../../../lib/store/alerts.ts";
import { EmptyState } from "./EmptyState.tsx";
import { Instant } from "./Instant.tsx";

interface AlertTableProps {
  /** The open ones first. */
  readonly alerts: readonly AlertDocument[];
  readonly now: Date;
}

export function AlertTable({ alerts, now }: AlertTableProps) {
  if (alerts.length === 0) {
    return (
      <EmptyState title="No alert so far">
        Somebody looks every minute: when webhooks stop, events fail or come
        late, or MongoDB differs from Clerk, it stands here.
      </EmptyState>
    );
  }
  return (
    <div class="table-frame">
      <table aria-label="Alerts">
        <thead>
          <tr>
            <th>Alert</th>
            <th>State</th>
            <th>Told</th>
            <th class="end">When</th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <AlertRow key={alert._id} alert={alert} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface AlertRowProps {
  readonly alert: AlertDocument;
  readonly now: Date;
}

function AlertRow({ alert, now }: AlertRowProps) {
  const { title, detail, path, state, opened_at, closed_at, notices } = alert;
  return (
    <tr data-row>
      <td class="breakable">
        <a href={path}>{title}</a>
        <span class="below">{detail}</span>
      </td>
      <td>
        <span class={`badge badge-${state === "open" ? "failed" : "done"}`}>
          {state}
        </span>
      </td>
      <td>
        {notices.length === 0
          ? <span class="muted">nobody: no place is configured</span>
          : notices.map((notice) => (
            <Notice key={notice.phase + notice.channel} notice={notice} />
          ))}
      </td>
      <td class="end">
        opened <Instant at={opened_at} now={now} />
        {closed_at !== null && (
          <span class="below">
            closed <Instant at={closed_at} now={now} />
          </span>
        )}
      </td>
    </tr>
  );
}

const STATES: Readonly<Record<AlertNotice["state"], string>> = {
  due: "not sent yet",
  sending: "being sent",
  sent: "sent",
  refused: "given up",
};

function Notice(
  { notice: { phase, channel, state, error } }: {
    readonly notice: AlertNotice;
  },
) {
  return (
    <div>
      {phase} by {channel}: {STATES[state]}
      {error !== null && <span class="below">{error}</span>}
    </div>
  );
}
