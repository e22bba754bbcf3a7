import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  countLags,
  lagQuantile,
  mergeLags,
  summarizeLags,
} from "./lag_histogram.ts";

const lags = fc.array(fc.integer({ min: 0, max: 200_000_000 }), {
  minLength: 1,
  maxLength: 300,
});

Deno.test("lagQuantile() is within 5 % and a rounding of the true value", () => {
  fc.assert(fc.property(lags, fc.double({ min: 0, max: 1 }), (all, share) => {
    if (Number.isNaN(share)) return;
    const sorted = all.toSorted((a, b) => a - b);
    const rank = Math.max(1, Math.ceil(all.length * share));
    const truth = Math.max(1, sorted[rank - 1]!);
    const read = lagQuantile(countLags(all), share)!;
    assert(Math.abs(read - truth) <= truth * 0.05 + 1, `${read} for ${truth}`);
  }));
});

Deno.test("mergeLags() is the same as having counted all of them at once", () => {
  fc.assert(fc.property(lags, lags, lags, (a, b, c) => {
    assertEquals(
      mergeLags([a, b, c].map(countLags)),
      countLags([...a, ...b, ...c]),
    );
  }));
});

Deno.test("summarizeLags() says nothing of no lags", () => {
  assertEquals(summarizeLags({}), {
    count: 0,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
  });
});

Deno.test("summarizeLags() tells the rare slow ones from the rest", () => {
  const many = Array.from({ length: 100 }, (_, i) => i < 97 ? 20 : 5_000);
  const { count, p50Ms, p95Ms, p99Ms } = summarizeLags(countLags(many));
  assertEquals(count, 100);
  assert(Math.abs(p50Ms! - 20) <= 2);
  assert(Math.abs(p95Ms! - 20) <= 2);
  assert(Math.abs(p99Ms! - 5_000) <= 250);
});

Deno.test("countLags() takes a lag below zero for none", () => {
  assertEquals(countLags([-5, 0, 1]), { 0: 3 });
});
