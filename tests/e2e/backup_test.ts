/** The data folder as docs/operations.md treats it: copied back, and copied away. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openStore } from "../../lib/store/store.ts";
import { startMongo } from "../../packages/embedded_mongo/mod.ts";
import { startRollcall } from "../support/rollcall_process.ts";

const ROOT = new URL("../../", import.meta.url);
const isEmbedded = Deno.env.get("MONGODB_URI") === undefined;

function userCreated(id: string): string {
  const data = { id, object: "user", first_name: "Ada", updated_at: 1 };
  return JSON.stringify({ type: "user.created", object: "event", data });
}

/** What `cp -a` does, without the sockets of a service that is stopped. */
async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) await copyFolder(source, target);
    if (isFile) await Deno.copyFile(source, target);
  }
}

/** Runs the service on a folder until one user is there, and stops it. */
async function serveOneUser(
  where: { readonly dataDir: string; readonly database: string },
  id: string,
): Promise<string[]> {
  await using rollcall = await startRollcall(where);
  await using feed = await rollcall.listen();
  const response = await rollcall.send(userCreated(id), { id: `msg_${id}` });
  await response.body?.cancel();
  await feed.outcomes([`msg_${id}`]);
  const users = await rollcall.store.users.documents.distinct("_id");
  assertEquals(await rollcall.stop(), 0);
  return users;
}

async function copyDatabase(
  env: Readonly<Record<string, string>>,
  uri: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "copy-database", uri],
    cwd: ROOT,
    env: { ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test({
  name: "a data folder can be copied and served, and its database copied away",
  ignore: !isEmbedded,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rollcall_test_" });
    try {
      const database = "rollcall_test_backup";
      const [dataDir, restored] = [`${folder}/data`, `${folder}/restored`];
      assertEquals(await serveOneUser({ dataDir, database }, "user_a"), [
        "user_a",
      ]);
      await copyFolder(dataDir, restored);

      await t.step("the copy is served with all that was in it", async () => {
        assertEquals(
          await serveOneUser({ dataDir: restored, database }, "user_b"),
          ["user_a", "user_b"],
        );
      });

      await t.step("copy-database fills an empty server, once", async () => {
        await using server = await startMongo({ path: ":memory:" });
        const env = { DATA_DIR: restored, MONGODB_DATABASE: database };
        const { code, text } = await copyDatabase(env, server.uri);
        assertEquals(code, 0, text);
        await using target = openStore({ uri: server.uri, database });
        assertEquals(
          await target.users.documents.distinct("_id"),
          ["user_a", "user_b"],
        );
        assert(await target.webhookEvents.documents.countDocuments() === 2);
        const again = await copyDatabase(env, server.uri);
        assertEquals(again.code, 1);
        assertStringIncludes(again.text, "has documents");
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
