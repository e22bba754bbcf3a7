/** ULIDs: order, and the ids that a seed leads to. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { createUlidSource, parseEventIdSeed, seededUlid } from "./ulid.ts";

Deno.test("createUlidSource() gives ids that sort in the order in which they were made", () => {
  const next = createUlidSource();
  const ids = [1_000, 1_000, 1_000, 2_000, 1_500, 2_001].map(next);
  assertEquals(ids, ids.toSorted());
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("seededUlid() holds the seed's time and counts the position in the last four bytes", () => {
  const seed = parseEventIdSeed("1469918176385,AAAAAAAAAAAAAA==");
  assertEquals(seed && seededUlid(seed, 1), "01ARYZ6S410000000000000001");
  assertEquals(seed && seededUlid(seed, 33), "01ARYZ6S410000000000000011");
  const other = parseEventIdSeed("1469918176385,AQAAAAAAAAAAAA==");
  assertNotEquals(other && seededUlid(other, 1), seed && seededUlid(seed, 1));
});

for (
  const header of [
    null,
    "",
    "x,AAAAAAAAAAAAAA==",
    "1,AAAA",
    "1,%%%",
    "-1,AAAAAAAAAAAAAA==",
  ]
) {
  Deno.test(`parseEventIdSeed() makes nothing of ${header}`, () => {
    assertEquals(parseEventIdSeed(header), undefined);
  });
}
