/** Users that differ, with both values of each field and a way to repair them. */
import type { DriftItem } from "../../../lib/store/drift.ts";
import { DRIFT_CAUSES } from "../../../lib/sync/drift.ts";
import { Instant } from "./Instant.tsx";
import { Subject } from "./Subject.tsx";

interface DriftTableProps {
  readonly items: readonly DriftItem[];
  readonly now: Date;
  /** Whether the buttons are shown. */
  readonly isOperator: boolean;
}

export function DriftTable({ items, now, isOperator }: DriftTableProps) {
  const ids = items.map(({ _id }) => _id);
  return (
    <>
      {isOperator && (
        <RepairForm ids={ids} label={`Repair all ${items.length} shown`} />
      )}
      <div class="table-frame">
        <table aria-label="Differences">
          <thead>
            <tr>
              <th>User</th>
              <th>Kind</th>
              <th>Clerk and MongoDB</th>
              <th class="end">Seen</th>
              {isOperator && <th class="end">Repair</th>}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item._id} data-row>
                <td>
                  <Subject id={item._id} />
                </td>
                <td>
                  {item.kind}
                  <span class="below">{DRIFT_CAUSES[item.cause]}</span>
                </td>
                <td class="breakable">
                  <DriftFields fields={item.fields} />
                </td>
                <td class="end">
                  <Instant at={item.seen_at} now={now} />
                </td>
                {isOperator && (
                  <td class="end">
                    <RepairForm
                      ids={[item._id]}
                      label={item.kind === "ghost" ? "Remove" : "Repair"}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What differs, the value of Clerk first. */
export function DriftFields(
  { fields }: { readonly fields: DriftItem["fields"] },
) {
  if (fields.length === 0) return <span class="muted">the whole user</span>;
  return (
    <>
      {fields.map(({ field, clerk, mongodb }) => (
        <div key={field}>
          <code>{field}</code> {show(field, clerk)}
          <span class="below">in MongoDB {show(field, mongodb)}</span>
        </div>
      ))}
    </>
  );
}

function RepairForm({ ids, label }: {
  readonly ids: readonly string[];
  readonly label: string;
}) {
  return (
    <form method="post">
      {ids.map((id) => <input key={id} type="hidden" name="user" value={id} />)}
      <button type="submit">{label}</button>
    </form>
  );
}

/** Metadata is masked here as everywhere; the user's own page can reveal it. */
function show(field: string, value: unknown): string {
  if (field === "public_metadata") return "•••";
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
