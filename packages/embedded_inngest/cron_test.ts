/** The cron dialect of Inngest's server. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseCron } from "./cron.ts";

for (
  const [source, after, expected] of [
    ["TZ=UTC */15 * * * *", "2026-03-02T10:07:00Z", "2026-03-02T10:15:00.000Z"],
    ["TZ=UTC 0 9 * * MON", "2026-03-03T00:00:00Z", "2026-03-09T09:00:00.000Z"],
    // the day on which Paris moves its clocks forward
    [
      "TZ=Europe/Paris 0 9 * * *",
      "2026-03-28T09:00:00Z",
      "2026-03-29T07:00:00.000Z",
    ],
    // that day has no half past two: it runs when the hour is over
    [
      "TZ=Europe/Paris 30 2 * * *",
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:00:00.000Z",
    ],
    // the day on which it moves them back has two: only the first counts
    [
      "TZ=Europe/Paris 30 2 * * *",
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00.000Z",
    ],
    [
      "CRON_TZ=UTC 0 0 1 JAN ?",
      "2026-03-02T00:00:00Z",
      "2027-01-01T00:00:00.000Z",
    ],
    // day of month and day of week: either
    ["TZ=UTC 0 0 13 * 5", "2026-03-07T00:00:00Z", "2026-03-13T00:00:00.000Z"],
    ["TZ=UTC 0 0 14 * 5", "2026-03-07T00:00:00Z", "2026-03-13T00:00:00.000Z"],
  ] as const
) {
  Deno.test(`parseCron() finds the tick of ${source} after ${after}`, () => {
    const next = parseCron(source).nextTick(Date.parse(after));
    assertEquals(new Date(next).toISOString(), expected);
  });
}

for (
  const source of [
    "@daily",
    "0 0 9 * * *",
    "* * * *",
    "0 0 * * 7",
    "61 * * * *",
    "*/0 * * * *",
    "0 0 L * *",
    "0 0 15W * *",
    "0 0 * * 5#2",
    "0 0 30 2 *",
    "TZ=Mars/Olympus 0 9 * * *",
  ]
) {
  Deno.test(`parseCron() refuses ${source}`, () => {
    assertThrows(() => parseCron(source), SyntaxError, "Cannot read cron");
  });
}
