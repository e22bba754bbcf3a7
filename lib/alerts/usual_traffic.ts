/**
 * How often something usually arrives at an hour of the week, from what is on
 * record: nights and weekends are quiet without anything being wrong.
 *
 * Time is counted in slots of two minutes, for one sign-up brings several events
 * at once. An hour is compared with the same hour of the four weeks before;
 * while there is less on record, of the seven days before; and in the first
 * days with the gaps between the newest arrivals. Where there is doubt, the
 * quieter of two answers counts.
 */

/** What is on record. */
export interface TrafficRecord {
  /** When the first event arrived that is known; null when none did. */
  readonly firstAt: Date | null;
  /** Hours of the last four weeks, without those in which nothing came. */
  readonly hours: readonly {
    readonly at: Date;
    /** Slots in which something arrived, 1 to {@linkcode SLOTS_AN_HOUR}. */
    readonly busySlots: number;
  }[];
  /** When the newest events arrived, in any order. */
  readonly newest: readonly Date[];
}

/** What is usual. */
export interface UsualTraffic {
  /** `unknown` when there is too little to tell. */
  readonly kind: "by-hour" | "recent" | "unknown";
  /**
   * @param at Any instant.
   * @returns The usual time between two arrivals in its hour, ms; null when
   * nothing usually comes then.
   */
  gapMsAt(at: Date): number | null;
}

/** How finely arrivals are told apart. */
export const SLOTS_AN_HOUR = 30;

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/** Same hours on record that make a habit. */
const MIN_WEEKS = 2;
const MIN_DAYS = 3;
/** Gaps that say something in the first days. */
const MIN_GAPS = 10;

/**
 * Learns what is usual.
 *
 * @param record What arrived when.
 * @param at When it is asked for: whether that hour is known decides the kind.
 * @returns What is usual.
 */
export function learnUsualTraffic(
  record: TrafficRecord,
  at: Date,
): UsualTraffic {
  const recentGapMs = findRecentGap(record.newest);
  const busySlots = createHabit(record);
  const isKnown = busySlots(at.getTime()) !== undefined;
  if (!isKnown && recentGapMs === undefined) {
    return { kind: "unknown", gapMsAt: () => null };
  }
  return {
    kind: isKnown ? "by-hour" : "recent",
    gapMsAt(at) {
      const slots = busySlots(at.getTime());
      if (slots === undefined) return recentGapMs ?? null;
      return slots === 0 ? null : HOUR_MS / slots;
    },
  };
}

/** Says in how many slots of an hour something usually arrives, if it can. */
function createHabit(
  { firstAt, hours }: TrafficRecord,
): (atMs: number) => number | undefined {
  const byHour = new Map(
    hours.map(({ at, busySlots }) => [at.getTime(), busySlots]),
  );
  // The hour of the first event had begun without us.
  const firstWholeMs = firstAt === null ? Infinity : hourOf(firstAt) + HOUR_MS;
  const sameHours = (atMs: number, stepHours: number, count: number) =>
    Array.from(
      { length: count },
      (_, index) => hourOf(new Date(atMs - (index + 1) * stepHours * HOUR_MS)),
    )
      .filter((hourMs) => hourMs >= firstWholeMs)
      .map((hourMs) => byHour.get(hourMs) ?? 0)
      .toSorted((a, b) => a - b);

  return function busySlotsAt(atMs) {
    const weeks = sameHours(atMs, WEEK_HOURS, 4);
    if (weeks.length >= MIN_WEEKS) {
      return weeks[Math.floor((weeks.length - 1) / 2)];
    }
    const days = sameHours(atMs, DAY_HOURS, 7);
    return days.length >= MIN_DAYS ? days[0] : undefined;
  };
}

/** The gap that 95 % of the newest gaps do not exceed, ms. */
function findRecentGap(newest: readonly Date[]): number | undefined {
  // What was recorded in one batch arrived at once.
  const instants = [...new Set(newest.map((at) => at.getTime()))]
    .toSorted((a, b) => a - b);
  const gaps = instants.slice(1)
    .map((atMs, index) => atMs - (instants[index] ?? atMs))
    .toSorted((a, b) => a - b);
  if (gaps.length < MIN_GAPS) return undefined;
  return gaps[Math.ceil(gaps.length * 0.95) - 1];
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / HOUR_MS) * HOUR_MS;
}
