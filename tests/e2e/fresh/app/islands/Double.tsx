import type { ReadonlySignal } from "@preact/signals";

export function Double({ value }: { value: ReadonlySignal<number> }) {
  return <output id="double">{value}</output>;
}
