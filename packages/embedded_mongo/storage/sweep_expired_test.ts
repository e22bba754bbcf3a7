import { assertEquals } from "@std/assert";
import { serialize } from "bson";
import type { Document } from "../bson/document.ts";
import type { Collection } from "./collection.ts";
import { selectRows } from "./select_rows.ts";
import { Store } from "./store.ts";
import { SWEEP_PORTION, sweepExpired } from "./sweep_expired.ts";

const NOW = new Date("2026-01-02T00:00:00Z");
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

/** A store with one collection, whose `at` expires after two hours. */
function openWithTtl(
  documents: readonly Document[],
  options: Document = {},
): { readonly store: Store; readonly collection: Collection } {
  const store = new Store(":memory:");
  const collection = store.ensureCollection("a", "items");
  store.createIndex(collection, {
    name: "at_1",
    key: { at: 1 },
    expireAfterSeconds: 7200,
    ...options,
  });
  for (const document of documents) collection.insert(serialize(document));
  return { store, collection };
}

function listIds(collection: Collection): unknown[] {
  return [...selectRows(collection, { filter: {} })]
    .map(({ document }) => document._id);
}

Deno.test("sweepExpired() removes what is due and nothing else", () => {
  const { store, collection } = openWithTtl([
    { _id: "due", at: ago(3) },
    { _id: "just due", at: ago(2) },
    { _id: "not yet", at: ago(1) },
    { _id: "no date", at: "2020-01-01" },
    { _id: "missing" },
  ]);
  assertEquals(sweepExpired(store, NOW), 2);
  assertEquals(listIds(collection), ["not yet", "no date", "missing"]);
  assertEquals(collection.count, 3);
  store.close();
});

Deno.test("sweepExpired() takes the earliest date of an array", () => {
  const { store, collection } = openWithTtl([
    { _id: 1, at: [ago(1), ago(5)] },
    { _id: 2, at: [ago(1), ago(0)] },
  ]);
  sweepExpired(store, NOW);
  assertEquals(listIds(collection), [2]);
  store.close();
});

Deno.test("sweepExpired() leaves what a partial index does not cover", () => {
  const { store, collection } = openWithTtl(
    [{ _id: 1, at: ago(9), done: true }, { _id: 2, at: ago(9), done: false }],
    { partialFilterExpression: { done: true } },
  );
  sweepExpired(store, NOW);
  assertEquals(listIds(collection), [2]);
  store.close();
});

Deno.test("sweepExpired() works in portions", () => {
  const { store, collection } = openWithTtl(
    Array.from({ length: SWEEP_PORTION + 5 }, (_, i) => ({ i, at: ago(3) })),
  );
  assertEquals(sweepExpired(store, NOW), SWEEP_PORTION);
  assertEquals(sweepExpired(store, NOW), 5);
  assertEquals(collection.count, 0);
  store.close();
});
