/** What a start says whose settings are well-formed and cannot be used all the same. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startRollcall } from "../support/rollcall_process.ts";
import { spawnTask } from "../support/spawn_task.ts";

/** Long enough for a cold start on a busy machine. */
const DEADLINE_MS = 60_000;

Deno.test("deno task start names PORT when another process has it", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ended = await startInVain({ PORT: String(listener.addr.port) });
  assertEquals(ended.code, 1);
  assertStringIncludes(ended.errors, "- PORT is taken by another process");
});

Deno.test("deno task start names HOST when the machine has no such address", async () => {
  // RFC 5737: no machine has it.
  const ended = await startInVain({ HOST: "192.0.2.1" });
  assertEquals(ended.code, 1);
  assertStringIncludes(
    ended.errors,
    "- HOST is not an address of this machine",
  );
});

Deno.test("deno task start names DATA_DIR when it is no folder", async () => {
  const file = await Deno.makeTempFile();
  const ended = await startInVain({ DATA_DIR: file });
  await Deno.remove(file);
  assertEquals(ended.code, 1);
  assertStringIncludes(ended.errors, "- DATA_DIR cannot be used");
});

Deno.test("deno task start names MONGODB_URI, and not its password, when it makes no sense", async () => {
  const ended = await startInVain({ MONGODB_URI: "mongodb://ann:hunter2@b@c" });
  assertEquals(ended.code, 1);
  assertStringIncludes(ended.errors, "- MONGODB_URI is not an address");
  assertEquals(ended.errors.includes("hunter2"), false);
});

Deno.test({
  name: "deno task start names DATA_DIR when another service has it open",
  ignore: Deno.env.has("MONGODB_URI"), // Nothing of it is opened then.
  fn: async () => {
    await using running = await startRollcall();
    const ended = await startInVain({ DATA_DIR: running.dataDir });
    assertEquals(ended.code, 1);
    assertStringIncludes(ended.errors, "- DATA_DIR is in use");
  },
});

/** Starts a service that cannot serve, and waits for its end. */
async function startInVain(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly errors: string }> {
  const dataDir = await Deno.makeTempDir();
  const child = spawnTask(["tasks/start.ts"], {
    env: { DATA_DIR: dataDir, ...env },
    stderr: "piped",
  });
  child.stdin.abort();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { code, stderr } = await child.output();
  clearTimeout(deadline);
  await Deno.remove(dataDir, { recursive: true });
  return { code, errors: new TextDecoder().decode(stderr) };
}
