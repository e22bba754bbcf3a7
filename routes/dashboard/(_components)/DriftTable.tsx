/** Objects that differ, with both values of each field, and which to repair. */
import type { DriftItem } from "../../../lib/store/drift_documents.ts";
import { DRIFT_CAUSES } from "../../../lib/sync/drift.ts";
import { FieldTable } from "./FieldTable.tsx";
import { Instant } from "./Instant.tsx";
import { repairLink } from "./links.ts";
import { Subject } from "./Subject.tsx";

interface DriftTableProps {
  readonly items: readonly DriftItem[];
  readonly now: Date;
  /** Whether repairs are offered. */
  readonly canRepair: boolean;
}

/** Choosing leads to the page that shows what a repair would write. */
export function DriftTable({ items, now, canRepair }: DriftTableProps) {
  return (
    <form method="get" action="/dashboard/drift/repair">
      <div class="table-frame">
        <table aria-label="Differences">
          <thead>
            <tr>
              <th>Object</th>
              <th>Kind</th>
              <th class="fields">What differs</th>
              {canRepair && <th>Repair</th>}
              <th class="end">Seen</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item._id} data-row>
                <td>
                  <Subject id={item._id} />
                  {item.collection !== "users" && (
                    <span class="below">{item.collection}</span>
                  )}
                </td>
                <td>
                  {item.kind}
                  <span class="below">{DRIFT_CAUSES[item.cause]}</span>
                </td>
                <td class="fields">
                  <DriftFields fields={item.fields} />
                </td>
                {canRepair && <RepairCell id={item._id} />}
                <td class="end">
                  <Instant at={item.seen_at} now={now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {canRepair && (
        <div class="inline">
          <button type="submit" class="quiet">Repair those chosen…</button>
        </div>
      )}
    </form>
  );
}

function RepairCell({ id }: { readonly id: string }) {
  return (
    <td>
      <span class="actions">
        <input
          type="checkbox"
          name="id"
          value={id}
          aria-label={`Choose ${id}`}
        />
        <a href={repairLink({ id })}>Repair…</a>
      </span>
    </td>
  );
}

/** What differs, both values side by side. */
export function DriftFields(
  { fields }: { readonly fields: DriftItem["fields"] },
) {
  if (fields.length === 0) return <span class="muted">the whole object</span>;
  return (
    <FieldTable
      label="What differs"
      heads={["Clerk", "MongoDB"]}
      rows={fields.map(({ field, clerk, mongodb }) => ({
        field,
        left: clerk,
        right: mongodb,
      }))}
    />
  );
}
