/** When a new installation is told how its users come in. */
import { assertEquals, assertMatch } from "@std/assert";
import { MongoClient } from "mongodb";
import { createStore } from "../../../lib/store/store.ts";
import { hintAtImport } from "../../../tasks/start/hint_at_import.ts";
import { openBackfillBed } from "./backfill_bed.ts";

Deno.test("hintAtImport() hints until somebody was synced or an import was begun", async () => {
  await using bed = await openBackfillBed({ users: 1 });
  const { store, deps, jobId } = bed;
  assertEquals(await hintAtImport(deps), null, "an import is open");
  await bed.finish();
  await store.jobs.documents.deleteOne({ _id: jobId });
  assertEquals(await hintAtImport(deps), null, "somebody was synced");
  await store.users.documents.deleteMany({});
  assertMatch(await hintAtImport(deps) ?? "", /deno task backfill/);
  assertEquals(await hintAtImport({ ...deps, clerkApi: undefined }), null);
});

Deno.test("hintAtImport() stays silent when the database is down", async () => {
  await using bed = await openBackfillBed({ users: 1 });
  const client = new MongoClient("mongodb://127.0.0.1:1", {
    serverSelectionTimeoutMS: 50,
  });
  const store = createStore(client.db("none"), () => client.close());
  assertEquals(await hintAtImport({ ...bed.deps, store }), null);
  await store.close();
});
