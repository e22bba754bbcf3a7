import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareVersions, type Version, versionOf } from "./version.ts";

function version(
  updatedAtMs: number,
  eventAtMs: number | null = null,
  eventId: string | null = null,
): Version {
  return {
    updatedAtMs,
    eventAt: eventAtMs === null ? null : new Date(eventAtMs),
    eventId,
  };
}

/** Each is older than the next. */
const ASCENDING: readonly Version[] = [
  versionOf(undefined),
  version(0),
  version(1000),
  version(1000, 1),
  version(1000, 5),
  version(1000, 5, "msg_A"),
  version(1000, 5, "msg_B"),
  version(1000, 5, "msg_a"),
  version(1000, 6, "msg_A"),
  version(1001),
];

Deno.test("compareVersions() orders by update, then timestamp, then id", () => {
  for (const [i, a] of ASCENDING.entries()) {
    for (const [j, b] of ASCENDING.entries()) {
      assertEquals(
        Math.sign(compareVersions(a, b)),
        Math.sign(i - j),
        `${i} against ${j}`,
      );
    }
  }
});

// Few values each, so that ties happen all the time.
const anyVersion: fc.Arbitrary<Version> = fc.record({
  updatedAtMs: fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1, 2),
  eventAt: fc.constantFrom(null, new Date(1), new Date(2)),
  eventId: fc.constantFrom(null, "msg_A", "msg_B", "msg_a"),
});

Deno.test("compareVersions() is antisymmetric", () => {
  fc.assert(fc.property(anyVersion, anyVersion, (a, b) => {
    assertEquals(
      Math.sign(compareVersions(a, b)),
      0 - Math.sign(compareVersions(b, a)),
    );
  }));
});

Deno.test("compareVersions() is transitive", () => {
  fc.assert(fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
    fc.pre(compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0);
    assertEquals(compareVersions(a, c) <= 0, true);
  }));
});

Deno.test("compareVersions() finds only the same event equal", () => {
  fc.assert(fc.property(anyVersion, anyVersion, (a, b) => {
    fc.pre(compareVersions(a, b) === 0);
    assertEquals(a, b);
  }));
});

Deno.test("versionOf() reads back what a stamp was made of", () => {
  const stamp = {
    version: 1000,
    event_at: new Date(5),
    event_id: "msg_A",
    source: "webhook",
    synced_at: new Date(9),
  } as const;
  assertEquals(versionOf(stamp), version(1000, 5, "msg_A"));
});
