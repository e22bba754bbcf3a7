/**
 * Durations and dates as they stand in the protocol: `"1h30m"`, `"2d"`, or an ISO date.
 *
 * Units are those of Inngest's server (Go's, plus `d` and `w`). Human phrases ("1 month") never
 * arrive here: the SDK turns what it cannot write in these units into an empty text.
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w)/gy;

/**
 * Reads a duration such as `"1h30m"`, `"1.5s"` or `"-2m"`.
 *
 * @param text the duration; decimals and a sign are allowed
 * @returns milliseconds, or undefined when the text is no duration
 */
export function parseDurationMs(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  PART.lastIndex = 0;
  let totalMs = 0;
  let end = 0;
  for (let part = PART.exec(body); part; part = PART.exec(body)) {
    totalMs += Number(part[1]) * (UNIT_MS[part[2] ?? ""] ?? NaN);
    end = PART.lastIndex;
  }
  return end > 0 && end === body.length ? sign * totalMs : undefined;
}

/**
 * Reads a moment that is given as a duration from now or as a date.
 *
 * @param text a duration, an ISO date, or the empty text, which means now
 * @param nowMs the current time in ms since the epoch
 * @returns ms since the epoch, never before now; undefined when the text is neither
 */
export function parseDueMs(text: string, nowMs: number): number | undefined {
  if (text === "") return nowMs;
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined) return nowMs + Math.max(0, durationMs);
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(nowMs, dateMs);
}
