import { assertEquals, assertThrows } from "@std/assert";
import { deserialize, Long, serialize } from "bson";
import { Cursors } from "./cursors.ts";

const ROW = serialize({ _id: 1 });
const TEN_MINUTES_MS = 10 * 60 * 1000;

/** Opens a cursor that has more than its first batch. */
function openLong(cursors: Cursors, ns = "a.items"): Long {
  const rows = Array.from({ length: 5 }, () => ROW);
  const reply = deserialize(cursors.open({ ns, rows, batchSize: 2 }), {
    promoteLongs: false,
  });
  assertEquals(reply.cursor.firstBatch.length, 2);
  return reply.cursor.id;
}

Deno.test("Cursors brings the rest by getMore and then closes", () => {
  const cursors = new Cursors();
  const id = openLong(cursors);
  const more = deserialize(cursors.getMore(id, "a.items"), {
    promoteLongs: false,
  });
  assertEquals(more.cursor.nextBatch.length, 3);
  assertEquals(more.cursor.id, Long.ZERO);
  assertEquals(cursors.size, 0);
});

Deno.test("Cursors keeps none open for a result that fits", () => {
  const cursors = new Cursors();
  cursors.open({ ns: "a.items", rows: [ROW, ROW] });
  assertEquals(cursors.size, 0);
});

Deno.test("Cursors ends what nobody used for ten minutes", () => {
  let nowMs = 0;
  const cursors = new Cursors(() => nowMs);
  const old = openLong(cursors);
  nowMs = TEN_MINUTES_MS;
  const young = openLong(cursors);
  nowMs = TEN_MINUTES_MS + 1;
  cursors.endIdle();
  assertThrows(() => cursors.getMore(old, "a.items"), Error, "not found");
  cursors.getMore(young, "a.items");
});

Deno.test("Cursors makes room by ending the one unused for longest", () => {
  const cursors = new Cursors();
  const [first = Long.ZERO, second = Long.ZERO] = Array.from(
    { length: 1000 },
    () => openLong(cursors),
  );
  openLong(cursors);
  assertEquals(cursors.size, 1000);
  assertThrows(() => cursors.getMore(first, "a.items"), Error, "not found");
  cursors.getMore(second, "a.items");
});

Deno.test("Cursors lets no cursor be read under another namespace", () => {
  const cursors = new Cursors();
  const id = openLong(cursors);
  assertThrows(() => cursors.getMore(id, "a.other"), Error, "namespace");
});

Deno.test("Cursors ends those on a collection that is dropped", () => {
  const cursors = new Cursors();
  openLong(cursors, "a.gone");
  openLong(cursors, "a.kept");
  cursors.killAllOn("a.gone");
  assertEquals(cursors.size, 1);
});
