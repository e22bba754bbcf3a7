import { assertEquals } from "@std/assert";
import { findSilenceDue, type SilenceLimits } from "./silence.ts";
import { learnUsualTraffic, type TrafficRecord } from "./usual_traffic.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, 09:00. */
const MONDAY = Date.UTC(2026, 0, 26, 9);
const LIMITS: SilenceLimits = {
  silenceGaps: 10,
  minSilenceMs: 15 * MINUTE_MS,
};

const at = (ms: number) => new Date(ms);

/** Whole weeks before an instant, by the busy slots of each of their hours. */
function weeksBefore(
  endMs: number,
  weeks: number,
  busySlots: (hour: Date) => number,
): TrafficRecord {
  const firstMs = endMs - weeks * 7 * DAY_MS;
  const hours = Array.from(
    { length: weeks * 7 * 24 },
    (_, index) => at(firstMs + index * HOUR_MS),
  ).map((hour) => ({ at: hour, busySlots: busySlots(hour) }))
    .filter((hour) => hour.busySlots > 0);
  return { firstAt: at(firstMs - HOUR_MS), hours, newest: [] };
}

function dueOf(record: TrafficRecord, newestMs: number): Date | null {
  const usual = learnUsualTraffic(record, at(newestMs));
  const { firstAt } = record;
  return firstAt &&
    findSilenceDue({ firstAt, silentSince: at(newestMs), usual }, LIMITS);
}

Deno.test("findSilenceDue() allows as many usual gaps as it may", () => {
  const always = weeksBefore(MONDAY, 4, () => 10); // one in 6 min
  assertEquals(dueOf(always, MONDAY), at(MONDAY + 60 * MINUTE_MS));
});

Deno.test("findSilenceDue() allows the shortest silence however busy it usually is", () => {
  const busy = weeksBefore(MONDAY, 4, () => 30);
  const limits = { silenceGaps: 2, minSilenceMs: 15 * MINUTE_MS };
  const usual = learnUsualTraffic(busy, at(MONDAY));
  const hearing = { firstAt: busy.firstAt!, silentSince: at(MONDAY), usual };
  assertEquals(
    findSilenceDue(hearing, limits),
    at(MONDAY + 15 * MINUTE_MS),
  );
});

Deno.test("findSilenceDue() counts a quiet night by the night's own measure", () => {
  const nightly = weeksBefore(
    MONDAY,
    4,
    (hour) => hour.getUTCHours() >= 8 ? 30 : 1,
  );
  const midnight = MONDAY - 9 * HOUR_MS;
  // Eight gaps pass by eight o'clock, two more take four minutes.
  assertEquals(
    dueOf(nightly, midnight),
    at(midnight + 8 * HOUR_MS + 4 * MINUTE_MS),
  );
});

Deno.test("findSilenceDue() waits out hours in which nothing usually comes", () => {
  const office = weeksBefore(
    MONDAY,
    4,
    (hour) => [0, 6].includes(hour.getUTCDay()) ? 0 : 30,
  );
  const fridayEnd = MONDAY - 9 * HOUR_MS - 2 * DAY_MS;
  const newest = fridayEnd - 10 * MINUTE_MS;
  // Five of the ten gaps are left for Monday.
  assertEquals(
    dueOf(office, newest),
    at(fridayEnd + 2 * DAY_MS + 10 * MINUTE_MS),
  );
});

Deno.test("findSilenceDue() never comes where nothing ever comes", () => {
  assertEquals(dueOf(weeksBefore(MONDAY, 4, () => 0), MONDAY), null);
});

Deno.test("learnUsualTraffic() is not misled by one outage in four weeks", () => {
  const outage = at(MONDAY - 7 * DAY_MS);
  const record = weeksBefore(
    MONDAY,
    4,
    (hour) => hour.getTime() === outage.getTime() ? 0 : 12,
  );
  const usual = learnUsualTraffic(record, at(MONDAY));
  assertEquals(usual.gapMsAt(at(MONDAY)), 5 * MINUTE_MS);
});

Deno.test("learnUsualTraffic() takes the quietest of the days before in the first weeks", () => {
  const firstMs = MONDAY - 4 * DAY_MS;
  const slots = [20, 12, 15, 30];
  const record: TrafficRecord = {
    firstAt: at(firstMs - HOUR_MS),
    hours: slots.map((busySlots, index) => ({
      at: at(firstMs + index * DAY_MS),
      busySlots,
    })),
    newest: [],
  };
  const usual = learnUsualTraffic(record, at(MONDAY));
  assertEquals(usual.kind, "by-hour");
  assertEquals(usual.gapMsAt(at(MONDAY)), 5 * MINUTE_MS);
});

/** So many arrivals, one a minute, up to now; nothing else is known. */
function lately(count: number, firstAt: Date): TrafficRecord {
  const newest = Array.from(
    { length: count },
    (_, index) => at(MONDAY - index * MINUTE_MS),
  );
  return { firstAt, hours: [], newest };
}

Deno.test("findSilenceDue() goes by the newest gaps in the first days", () => {
  const record = lately(40, at(MONDAY - 39 * MINUTE_MS));
  assertEquals(dueOf(record, MONDAY), at(MONDAY + 15 * MINUTE_MS));
});

Deno.test("findSilenceDue() does not call silence longer than what it has listened for", () => {
  const record = lately(12, at(MONDAY - 11 * MINUTE_MS));
  assertEquals(dueOf(record, MONDAY), null);
});

Deno.test("learnUsualTraffic() knows nothing by a handful of events", () => {
  const record = lately(10, at(MONDAY - DAY_MS));
  assertEquals(learnUsualTraffic(record, at(MONDAY)).kind, "unknown");
  assertEquals(dueOf(record, MONDAY), null);
});

Deno.test("learnUsualTraffic() takes what arrived at once for one arrival", () => {
  const burst = Array.from({ length: 50 }, () => at(MONDAY));
  const record = { firstAt: at(MONDAY), hours: [], newest: burst };
  assertEquals(learnUsualTraffic(record, at(MONDAY)).kind, "unknown");
});
