/** What a write changed, field by field, both values side by side. */
import type { ChangeDocument } from "../../../lib/store/changes.ts";
import { FieldTable } from "./FieldTable.tsx";

interface ChangeTableProps {
  readonly change: ChangeDocument;
  /** Whether a new document's many fields wait to be asked for. */
  readonly isFolded?: boolean;
}

export function ChangeTable({ change, isFolded = false }: ChangeTableProps) {
  if (change.erased_at) {
    return <p class="muted small">The values were erased on demand.</p>;
  }
  const fields = changedFields(change);
  if (fields.length === 0) {
    return <p class="muted small">Only the version moved on.</p>;
  }
  const table = (
    <FieldTable
      label={`Fields of ${change.collection}`}
      heads={["Before", "After"]}
      rows={fields.map((field) => ({
        field,
        left: change.before?.[field],
        right: change.after?.[field],
      }))}
    />
  );
  if (!isFolded || change.kind === "update") return table;
  return (
    <details id={`change-${change._id}`} class="small">
      <summary>
        {change.kind === "insert" ? "New" : "Removed"} document of{" "}
        {fields.length} fields
      </summary>
      {table}
    </details>
  );
}

/** Bookkeeping that every write changes. */
const BOOKKEEPING = /^(sync(\..+)?|_id|clerk_updated_at)$/;

function changedFields({ before, after }: ChangeDocument): string[] {
  const names = new Set([
    ...Object.keys(before ?? {}),
    ...Object.keys(after ?? {}),
  ]);
  return [...names].filter((name) =>
    !BOOKKEEPING.test(name) &&
    JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name])
  );
}
