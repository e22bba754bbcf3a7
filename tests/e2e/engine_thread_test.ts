/** The thread of the embedded Inngest: how it starts, measures and dies. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readConfig } from "../../lib/config.ts";
import { startEngineThread } from "../../lib/parts/engine_thread.ts";
import { startEngine } from "../../packages/embedded_inngest/mod.ts";
import { startRollcall } from "../support/rollcall_process.ts";

const FUNCTIONS = new URL("../../functions/thread.ts", import.meta.url);
const DYING = new URL("../fixtures/threads/dying.ts", import.meta.url);

function settingsIn(dataDir: string) {
  return {
    config: readConfig({ DATA_DIR: dataDir }),
    mongoUri: "mongodb://127.0.0.1:9",
    sessionSecret: "s".repeat(32),
  };
}

Deno.test("startEngineThread() says why the engine does not start", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  const other = await startEngine({ path: `${dataDir}/inngest` });
  try {
    await assertRejects(
      () => startEngineThread(FUNCTIONS, settingsIn(dataDir)),
      Error,
      "locked",
    );
  } finally {
    await other.close();
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("startEngineThread() tells when the thread dies, and closes all the same", async () => {
  const thread = await startEngineThread(DYING, settingsIn("unused"));
  await assertRejects(() => thread.measure(), Error, "had enough");
  assertStringIncludes((await thread.died).message, "had enough");
  await thread.close();
});

Deno.test("/metrics adds up what both threads have measured", async () => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  const body = JSON.stringify({
    type: "user.created",
    data: { id: "user_measured" },
  });
  const response = await rollcall.send(body, { id: "msg_measured" });
  await response.body?.cancel();
  await feed.settled(["msg_measured"]);
  const text = await (await fetch(`${rollcall.origin}/metrics`)).text();
  const lines = text.split("\n").filter((line) =>
    /^rollcall_(webhooks_total|sync_writes_total)\b/.test(line)
  );
  assertEquals(lines.toSorted(), [
    'rollcall_sync_writes_total{collection="users",outcome="applied"} 1',
    'rollcall_webhooks_total{status="202"} 1',
  ]);
});
