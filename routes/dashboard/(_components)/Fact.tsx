/** One line of a list of facts (`dl.facts`): what it is, and the value. */
import type { ComponentChildren } from "preact";

interface FactProps {
  readonly label: string;
  /** Left out when there is no value; otherwise "none" is shown. */
  readonly isOptional?: boolean;
  readonly children: ComponentChildren;
}

export function Fact({ label, isOptional = false, children }: FactProps) {
  if (isOptional && !children) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children ?? <span class="muted">none</span>}</dd>
    </div>
  );
}
