/** Fields with two values each, side by side: before and after, or Clerk's and ours. */
import { maskPayload } from "./mask_payload.ts";

/** One field. */
export interface FieldValues {
  readonly field: string;
  /** Undefined where the field was not there. */
  readonly left: unknown;
  readonly right: unknown;
}

interface FieldTableProps {
  /** Names the table for screen readers. */
  readonly label: string;
  /** What the two values are. */
  readonly heads: readonly [left: string, right: string];
  readonly rows: readonly FieldValues[];
}

export function FieldTable({ label, heads, rows }: FieldTableProps) {
  return (
    <table class="changes" aria-label={label}>
      <thead>
        <tr>
          <th>Field</th>
          <th>{heads[0]}</th>
          <th>{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, left, right }) => (
          <tr key={field}>
            <td>
              <code>{field}</code>
            </td>
            <td class="before">
              <Value field={field} value={left} />
            </td>
            <td class="after">
              <Value field={field} value={right} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ValueProps {
  readonly field: string;
  readonly value: unknown;
}

/** An address of a picture may be longer than the page; the title has it whole. */
const MAX_LENGTH = 80;

/** Metadata is masked here as everywhere; the user's own page can reveal it. */
function Value({ field, value }: ValueProps) {
  if (value === undefined) return <span class="muted">–</span>;
  if (value === null) return <span class="muted">null</span>;
  if (value instanceof Date) return <code>{value.toISOString()}</code>;
  if (typeof value !== "string") {
    return <code>{JSON.stringify(maskPayload(value, field))}</code>;
  }
  return value.length > MAX_LENGTH
    ? <span title={value}>{value.slice(0, MAX_LENGTH)}…</span>
    : value === ""
    ? <span class="muted">empty</span>
    : value;
}
