import { assertEquals, assertRejects } from "@std/assert";
import { findUnregistered } from "./find_unregistered.ts";
import { InngestApiError } from "./inngest_api.ts";

const OURS = ["sync-user-from-clerk", "scan-drift"];

Deno.test("findUnregistered() gives those that are not among the app's functions", async () => {
  const known = [{ id: "rollcall-scan-drift" }, { id: "rollcall-of-old" }];
  assertEquals(await findUnregistered(() => Promise.resolve(known), OURS), [
    "sync-user-from-clerk",
  ]);
});

Deno.test("findUnregistered() gives all when Inngest has never heard of the app", async () => {
  for (const answer of [null, []]) {
    assertEquals(
      await findUnregistered(() => Promise.resolve(answer), OURS),
      OURS,
    );
  }
});

Deno.test("findUnregistered() refuses an answer that it cannot read", async () => {
  await assertRejects(
    () => findUnregistered(() => Promise.resolve({ data: 1 }), OURS),
    InngestApiError,
    "form of its own",
  );
});
