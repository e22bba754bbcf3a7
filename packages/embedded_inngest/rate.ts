/**
 * The generic cell rate algorithm, for throttle and rateLimit.
 *
 * One number a key is kept: when the next start would arrive in a perfectly even stream.
 */
import type { Database } from "./database.ts";
import type { RateRule } from "./function_config.ts";

/**
 * Finds the earliest moment at which one more start keeps to the rule; inside a write.
 *
 * @param db holds the state of the keys
 * @param key the rule and its evaluated key
 * @param rule limit, period and burst
 * @param nowMs ms since the epoch
 * @returns that moment in ms since the epoch, and a function that takes the slot
 */
export function nextSlot(
  db: Database,
  key: string,
  rule: RateRule,
  nowMs: number,
): { atMs: number; take: () => void } {
  const spacingMs = rule.periodMs / rule.limit;
  const row = db.get<{ arrival_at: number }>(
    "SELECT arrival_at FROM buckets WHERE key=?",
    key,
  );
  const arrivalMs = row?.arrival_at ?? 0;
  const atMs = Math.max(
    nowMs,
    Math.ceil(arrivalMs - (rule.burst - 1) * spacingMs),
  );
  return {
    atMs,
    take(): void {
      db.run(
        `INSERT INTO buckets VALUES (?1,?2) ON CONFLICT (key) DO UPDATE SET arrival_at=?2`,
        key,
        Math.max(arrivalMs, atMs) + spacingMs,
      );
    },
  };
}
