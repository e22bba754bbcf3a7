/** A payload as text, masked unless somebody was allowed to see it. */
import { maskPayload } from "./mask_payload.ts";

interface PayloadProps {
  readonly value: unknown;
  readonly isRevealed: boolean;
  readonly label: string;
}

export function Payload({ value, isRevealed, label }: PayloadProps) {
  const shown = isRevealed ? value : maskPayload(value);
  return (
    <pre class="payload" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(shown ?? null, null, 2)}
    </pre>
  );
}
