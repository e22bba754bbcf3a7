/** A time as people say it, in the one unit that fits. */

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/**
 * Says how long something takes.
 *
 * @param ms 0 or more.
 * @returns Such as `42 minutes`; a unit is used from two of it on.
 */
export function describeDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ??
    ["second", 1_000] as const;
  const count = Math.round(ms / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
