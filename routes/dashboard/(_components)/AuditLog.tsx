/** Who did or saw what, the newest first. */
import type { AuditEntry } from "../../../lib/store/audit_log.ts";
import { EmptyState } from "./EmptyState.tsx";
import { Fact } from "./Fact.tsx";
import { Instant } from "./Instant.tsx";

interface AuditLogProps {
  readonly entries: readonly AuditEntry[];
  readonly now: Date;
}

export function AuditLog({ entries, now }: AuditLogProps) {
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Audit log</h2>
      {entries.length === 0
        ? (
          <EmptyState title="Nothing is on record">
            Exports, revealed payloads, replays and repairs are listed here with
            who did it.
          </EmptyState>
        )
        : (
          <dl class="facts">
            {entries.map(({ _id, at, who, action, subject, why }) => (
              <Fact key={_id} label={who}>
                {action.replaceAll("-", " ")}{" "}
                {subject && <code>{subject}</code>}
                {why && <span class="below">“{why}”</span>}
                <span class="below">
                  <Instant at={at} now={now} />
                </span>
              </Fact>
            ))}
          </dl>
        )}
    </section>
  );
}
