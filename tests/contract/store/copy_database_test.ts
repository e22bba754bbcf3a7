/** A database copied to another server, on the real ones. */
import { assertEquals, assertRejects } from "@std/assert";
import { Binary, Double, Long } from "mongodb";
import { AppError } from "../../../lib/errors.ts";
import { copyDatabase } from "../../../lib/store/copy_database.ts";
import { openTestStore } from "../../support/test_store.ts";

/** Every value as its type on the wire. */
const AS_STORED = { promoteValues: false, promoteBuffers: false } as const;

Deno.test("copyDatabase() copies every collection and value, and says how many", async () => {
  await using from = await openTestStore();
  await using to = await openTestStore();
  const values = {
    _id: "values",
    at: new Date("2026-01-01T00:00:00Z"),
    long: Long.fromString("9007199254740993"),
    double: new Double(1),
    bytes: new Binary(new Uint8Array([1, 2, 3])),
    nested: [{ "a.b": null }],
  };
  await from.db.collection<{ _id: string }>("things").insertOne(values);
  const users = Array.from({ length: 1_234 }, (_, index) => ({
    _id: `user_${index}`,
    username: `user${index}`,
  }));
  await from.db.collection<{ _id: string }>("users").insertMany(users);

  const copied = await Array.fromAsync(copyDatabase(from.db, to.db));
  assertEquals(
    copied.filter(({ documents }) => documents > 0),
    [{ name: "things", documents: 1 }, { name: "users", documents: 1_234 }],
  );
  for (const name of ["things", "users"]) {
    const [there, here] = await Promise.all(
      [to, from].map(({ db }) =>
        db.collection(name).find({}, AS_STORED).sort({ _id: 1 }).toArray()
      ),
    );
    assertEquals(there, here);
  }
});

Deno.test("copyDatabase() adds nothing to a database that has documents", async () => {
  await using from = await openTestStore();
  await using to = await openTestStore();
  await from.db.collection<{ _id: string }>("a").insertOne({ _id: "1" });
  await to.db.collection<{ _id: string }>("users").insertOne({ _id: "2" });
  const error = await assertRejects(
    () => Array.fromAsync(copyDatabase(from.db, to.db)),
    AppError,
  );
  assertEquals(error.code, "target-not-empty");
  assertEquals(await to.db.collection("a").countDocuments(), 0);
});
