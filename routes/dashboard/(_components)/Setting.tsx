/** A setting whose value nobody needs to see: set, or what its absence means. */
import { Fact } from "./Fact.tsx";

interface SettingProps {
  readonly label: string;
  readonly isSet: boolean;
  /** What follows from its absence. */
  readonly otherwise: string;
}

export function Setting({ label, isSet, otherwise }: SettingProps) {
  return (
    <Fact label={label}>
      {isSet ? "set" : <span class="muted">not set: {otherwise}</span>}
    </Fact>
  );
}
