import { assertEquals } from "@std/assert";
import {
  describeCounts,
  describeJob,
  formatSpan,
  isStalled,
  measureJob,
  workedSince,
} from "./job_pace.ts";

const AT = new Date("2026-06-01T12:00:00Z");
const later = (ms: number) => new Date(AT.getTime() + ms);

Deno.test("measureJob() tells part, pace and time left of a running job", () => {
  const job = { total: 1_000, done: 250, worked_ms: 500 };
  assertEquals(measureJob({ ...job, state: "running" }), {
    fraction: 0.25,
    perSecond: 500,
    remainingMs: 1_500,
  });
  assertEquals(measureJob({ ...job, state: "paused" }).remainingMs, null);
});

Deno.test("measureJob() knows nothing of a job without a total or a portion", () => {
  const job = { state: "running" as const, total: 0, done: 0, worked_ms: 0 };
  assertEquals(measureJob(job), {
    fraction: null,
    perSecond: null,
    remainingMs: null,
  });
  assertEquals(measureJob({ ...job, state: "done" }).fraction, 1);
});

Deno.test("measureJob() stays within bounds when more is done than was counted", () => {
  const pace = measureJob({
    state: "running",
    total: 100,
    done: 120,
    worked_ms: 1_000,
  });
  assertEquals([pace.fraction, pace.remainingMs], [1, 0]);
});

Deno.test("workedSince() counts no outage and no clock set back as work", () => {
  const job = { updated_at: AT };
  assertEquals(workedSince(job, later(1_200)), 1_200);
  assertEquals(workedSince(job, later(3_600_000)), 300_000);
  assertEquals(workedSince(job, later(-5)), 0);
});

Deno.test("isStalled() is true of a running job that does not move", () => {
  const job = { state: "running" as const, updated_at: AT };
  assertEquals(isStalled(job, later(180_000)), false);
  assertEquals(isStalled(job, later(180_001)), true);
  assertEquals(isStalled({ ...job, state: "paused" }, later(999_999)), false);
});

Deno.test("formatSpan() says the two units that matter", () => {
  const said = [400, 59_000, 60_000, 200_000, 3_600_000, 7_500_000];
  assertEquals(said.map(formatSpan), [
    "1 s",
    "59 s",
    "1 min 0 s",
    "3 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
  ]);
});

Deno.test("describeJob() says what is known", () => {
  const job = {
    state: "running" as const,
    total: 2_000,
    done: 500,
    worked_ms: 2_000,
  };
  assertEquals(
    describeJob(job, "users"),
    "500 of 2,000 users, 25 %, 250 a second, 6 s left",
  );
  const fresh = { ...job, total: 0, done: 0, worked_ms: 0 };
  assertEquals(describeJob(fresh, "users"), "0 users");
  assertEquals(
    describeCounts({ counts: { added: 1_490, unchanged: 10 } }),
    "1,490 added, 10 unchanged",
  );
});
