/** An instant as people read it: relative, with the absolute time in the title. */
import { useContext } from "preact/hooks";
import { TimeFormatContext } from "./TimeFormatContext.ts";

interface InstantProps {
  readonly at: Date | null;
  readonly now: Date;
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

const relative = new Intl.RelativeTimeFormat("en", {
  numeric: "auto",
  style: "short",
});

export function Instant({ at, now }: InstantProps) {
  const { format } = useContext(TimeFormatContext);
  if (at === null) return <span class="muted">never</span>;
  return (
    <time dateTime={at.toISOString()} title={format(at)}>
      {describe(at, now)}
    </time>
  );
}

function describe(at: Date, now: Date): string {
  const differenceMs = at.getTime() - now.getTime();
  const [unit, size] = UNITS.find(([, ms]) => Math.abs(differenceMs) >= ms) ??
    ["second", 1_000];
  return relative.format(Math.round(differenceMs / size), unit);
}
