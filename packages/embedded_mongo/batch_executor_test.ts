import { assertEquals } from "@std/assert";
import { BatchExecutor } from "./batch_executor.ts";
import { MongoError } from "./errors.ts";

/** Writes down what is asked of a store, and fails commits on demand. */
class FakeStore {
  readonly events: string[] = [];
  failure: Error | undefined;

  commit(): void {
    this.events.push("commit");
    if (this.failure) throw this.failure;
  }

  rollback(): void {
    this.events.push("rollback");
  }
}

/** What node:sqlite throws when the disk fails. */
function createDiskError(): Error {
  return Object.assign(new Error("disk I/O error"), {
    code: "ERR_SQLITE_ERROR",
  });
}

Deno.test("BatchExecutor runs what arrives together under one commit", async () => {
  const store = new FakeStore();
  const executor = new BatchExecutor<number>(store);
  const outcomes = await Promise.all(
    [1, 2, 3].map((number) =>
      executor.submit(() => {
        store.events.push(`run ${number}`);
        return number;
      })
    ),
  );
  assertEquals(store.events, ["run 1", "run 2", "run 3", "commit"]);
  assertEquals(outcomes, [1, 2, 3].map((value) => ({ kind: "done", value })));
});

Deno.test("BatchExecutor answers nobody before the commit", async () => {
  const store = new FakeStore();
  const executor = new BatchExecutor<void>(store);
  const first = executor.submit(() => {}).then(() =>
    store.events.push("answered")
  );
  const second = executor.submit(() => void store.events.push("run second"));
  await Promise.all([first, second]);
  assertEquals(store.events, ["run second", "commit", "answered"]);
});

Deno.test("BatchExecutor fails a task alone when the task is at fault", async () => {
  const store = new FakeStore();
  const executor = new BatchExecutor<string>(store);
  const [bad, good] = await Promise.all([
    executor.submit(() => {
      throw new MongoError("BadValue", "no");
    }),
    executor.submit(() => "good"),
  ]);
  assertEquals(bad.kind === "failed" && bad.error.code, 2);
  assertEquals(good, { kind: "done", value: "good" });
  assertEquals(store.events, ["commit"]);
});

Deno.test("BatchExecutor fails the whole batch when the commit fails", async () => {
  const store = new FakeStore();
  store.failure = createDiskError();
  const executor = new BatchExecutor<number>(store);
  const outcomes = await Promise.all(
    [1, 2].map((number) => executor.submit(() => number)),
  );
  assertEquals(outcomes.map(({ kind }) => kind), ["failed", "failed"]);
  assertEquals(store.events, ["commit", "rollback"]);
});

Deno.test("BatchExecutor undoes a batch in which the disk failed and goes on", async () => {
  const store = new FakeStore();
  const executor = new BatchExecutor<string>(store);
  const outcomes = await Promise.all([
    executor.submit(() => "before"),
    executor.submit(() => {
      throw createDiskError();
    }),
    executor.submit(() => "after"),
  ]);
  assertEquals(outcomes.map(({ kind }) => kind), ["failed", "failed", "done"]);
  assertEquals(store.events, ["rollback", "commit"]);
});

Deno.test("BatchExecutor.close() runs what was submitted and nothing after", async () => {
  const store = new FakeStore();
  const executor = new BatchExecutor<string>(store);
  const submitted = executor.submit(() => "in time");
  executor.close();
  assertEquals(store.events, ["commit"]);
  assertEquals(await submitted, { kind: "done", value: "in time" });
});
