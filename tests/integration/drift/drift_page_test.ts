/** Open differences, a page at a time and by what they are. */
import { assertEquals } from "@std/assert";
import type { DriftFilter } from "../../../lib/requests.ts";
import type { FoundDrift } from "../../../lib/store/drift_documents.ts";
import { countDrift, readDriftPage } from "../../../lib/store/drift_page.ts";
import type { Store } from "../../../lib/store/store.ts";
import { openTestStore } from "../../support/test_store.ts";

const NOW = new Date("2026-03-01T12:00:00Z");

/** `user_0` to `user_8`: stale in one or two fields, or missing, by turns. */
async function seed(store: Store): Promise<void> {
  const found = Array.from({ length: 9 }, (_, index): FoundDrift => ({
    target: { id: `user_${index}`, collection: "users", place: null },
    drift: index % 3 === 0
      ? { kind: "missing", fields: [], cause: "lost-creation" }
      : {
        kind: "stale",
        cause: "lost-change",
        fields: ["banned", "email"].slice(0, index % 3).map((field) => ({
          field,
          clerk: 1,
          mongodb: 2,
        })),
      },
  }));
  await store.drift.suspect("scan_1", found, NOW);
  await store.drift.confirm(found);
}

async function readAll(store: Store, filter: DriftFilter): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readDriftPage>> = await readDriftPage(
      store,
      { filter, cursor, limit: 2 },
    );
    ids.push(...page.rows.map(({ _id }) => _id));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

Deno.test("readDriftPage() gives everything once, page by page", async () => {
  await using test = await openTestStore();
  await seed(test.store);
  assertEquals(
    await readAll(test.store, {}),
    [8, 7, 6, 5, 4, 3, 2, 1, 0].map((index) => `user_${index}`),
  );
});

const FILTERS: readonly [string, DriftFilter, number[]][] = [
  ["a kind", { kind: "missing" }, [6, 3, 0]],
  ["a field", { field: "email" }, [8, 5, 2]],
  ["a cause", { cause: "lost-change" }, [8, 7, 5, 4, 2, 1]],
  ["a collection", { collection: "memberships" }, []],
  ["two of them", { kind: "missing", field: "email" }, []],
  ["a scan", { report_id: "scan_0" }, []],
];

for (const [name, filter, indexes] of FILTERS) {
  Deno.test(`readDriftPage() and countDrift() go by ${name}`, async () => {
    await using test = await openTestStore();
    await seed(test.store);
    const ids = await readAll(test.store, filter);
    assertEquals(ids, indexes.map((index) => `user_${index}`));
    assertEquals(await countDrift(test.store, filter, 100), indexes.length);
  });
}

Deno.test("readDriftPage() leaves out what is only suspected, gone or repaired", async () => {
  await using test = await openTestStore();
  await seed(test.store);
  const { drift } = test.store;
  await drift.markRepaired("user_0");
  const target = { id: "user_1", collection: "users" as const, place: null };
  await drift.confirm([{ target, drift: null }]);
  const late: FoundDrift = {
    target: { ...target, id: "user_9" },
    drift: { kind: "ghost", fields: [], cause: "lost-deletion" },
  };
  await drift.suspect("scan_1", [late], NOW);
  assertEquals((await readAll(test.store, {})).length, 7);
});
