/**
 * When silence stops being usual: after as many usual gaps as are allowed, each
 * hour's counted by that hour's own measure, so that a quiet night does not make
 * the first minutes of a busy morning suspicious.
 */
import type { UsualTraffic } from "./usual_traffic.ts";

/** How much silence is allowed. */
export interface SilenceLimits {
  /** Usual gaps that may pass without an event. */
  readonly silenceGaps: number;
  /** No shorter silence is remarkable, ms. */
  readonly minSilenceMs: number;
}

/** What was heard when, and what is usual. */
export interface Hearing {
  /** When the first event arrived that is known. */
  readonly firstAt: Date;
  /** When the newest one did, or when somebody began to listen after it. */
  readonly silentSince: Date;
  readonly usual: UsualTraffic;
}

const HOUR_MS = 3_600_000;
/** Silence that has not become unusual in this time never will. */
const HORIZON_MS = 28 * 24 * HOUR_MS;

/**
 * Finds when a silence becomes unusual.
 *
 * @param hearing What was heard, and what is usual.
 * @param limits How much silence is allowed.
 * @returns The instant, past or future; null when it cannot be told or silence
 * is usual from now on.
 */
export function findSilenceDue(
  { firstAt, silentSince, usual }: Hearing,
  limits: SilenceLimits,
): Date | null {
  if (usual.kind === "unknown") return null;
  const sinceMs = silentSince.getTime();
  const endMs = walkGaps(silentSince, usual, limits.silenceGaps);
  if (endMs === undefined) return null;
  const dueMs = Math.max(endMs, sinceMs + limits.minSilenceMs);
  const silenceMs = dueMs - sinceMs;
  // Who has listened for a minute knows nothing of an hour's silence.
  const listenedMs = sinceMs - firstAt.getTime();
  return listenedMs < silenceMs ? null : new Date(dueMs);
}

/** When so many usual gaps have passed, ms. */
function walkGaps(
  from: Date,
  usual: UsualTraffic,
  gaps: number,
): number | undefined {
  const untilMs = from.getTime() + HORIZON_MS;
  let left = gaps;
  for (let atMs = from.getTime(); atMs < untilMs;) {
    const hourEndMs = (Math.floor(atMs / HOUR_MS) + 1) * HOUR_MS;
    const gapMs = usual.gapMsAt(new Date(atMs));
    const passed = gapMs === null ? 0 : (hourEndMs - atMs) / gapMs;
    if (gapMs !== null && passed >= left) return atMs + left * gapMs;
    left -= passed;
    atMs = hourEndMs;
  }
  return undefined;
}
