/** What the doctor's checks found; what failed says what to do. */
import type { NamedResult } from "../../../lib/doctor/run_checks.ts";

interface CheckTableProps {
  readonly checks: readonly NamedResult[];
}

const BADGES = { ok: "done", failed: "failed", skipped: "discarded" } as const;

export function CheckTable({ checks }: CheckTableProps) {
  return (
    <div class="table-frame" data-answer>
      <table aria-label="Checks">
        <tbody>
          {checks.map(({ name, result: { kind, detail } }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="breakable">{detail}</td>
              <td class="end">
                <span class={`badge badge-${BADGES[kind]}`}>{kind}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
