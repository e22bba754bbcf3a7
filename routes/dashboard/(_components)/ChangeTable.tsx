/** What a write changed, field by field, both values side by side. */
import type { ChangeDocument } from "../../../lib/store/changes.ts";
import { maskPayload } from "./mask_payload.ts";

interface ChangeTableProps {
  readonly change: ChangeDocument;
}

export function ChangeTable({ change }: ChangeTableProps) {
  if (change.erased_at) {
    return <p class="muted small">The values were erased on demand.</p>;
  }
  const fields = changedFields(change);
  if (fields.length === 0) {
    return <p class="muted small">Only the version moved on.</p>;
  }
  return (
    <table class="changes" aria-label={`Fields of ${change.collection}`}>
      <thead>
        <tr>
          <th>Field</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field}>
            <td>
              <code>{field}</code>
            </td>
            <td class="before">{show(field, change.before?.[field])}</td>
            <td class="after">{show(field, change.after?.[field])}</td>
          </tr>
        ))}
      </tbody>
    </table>
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

function show(field: string, value: unknown) {
  if (value === undefined) return <span class="muted">–</span>;
  if (value === null) return <span class="muted">null</span>;
  if (typeof value === "string") return value;
  return <code>{JSON.stringify(maskPayload(value, field))}</code>;
}
