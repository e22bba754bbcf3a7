import { assert, assertEquals } from "@std/assert";
import { MongoClient } from "mongodb";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";

const MODULE = new URL(
  "../../../packages/embedded_mongo/mod.ts",
  import.meta.url,
);
const ENOUGH_WRITES = 200;

Deno.test("kill -9 amid writes loses nothing that was acknowledged", async () => {
  const path = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(path, { recursive: true }));
  const acknowledged = await writeUntilKilled(path);
  assert(acknowledged.length >= ENOUGH_WRITES);

  const server = stack.use(await startMongo({ path }));
  const client = stack.use(await MongoClient.connect(server.uri));
  const items = client.db("a").collection<{ _id: number; n: number }>("items");
  const found = await items.find({ _id: { $in: acknowledged } }).toArray();
  assertEquals(found.length, acknowledged.length);
  // The index came back in step with the documents.
  const byIndex = await items.countDocuments({ n: { $gte: 0 } });
  assertEquals(byIndex, (await items.find().toArray()).length);
});

Deno.test({
  name: "a disk that is full fails writes and neither the server nor its reads",
  ignore: Deno.build.os === "windows", // There is no ulimit.
  fn: async () => {
    const path = await Deno.makeTempDir();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(path, { recursive: true }));
    const child = stack.use(spawnServer(path, ["sh", "-c", SMALL_FILES]));
    const uri = await readLine(child.stdout);
    const client = stack.use(await MongoClient.connect(uri));
    const items = client.db("a").collection<{ _id: number; text: string }>("a");
    await items.createIndex({ text: 1 });
    const outcomes = await Promise.allSettled(
      Array.from(
        { length: MORE_THAN_FITS },
        (_, _id) =>
          items.insertOne({ _id, text: `${_id} `.padEnd(10_000, "x") }),
      ),
    );
    const kept = outcomes.filter(({ status }) => status === "fulfilled").length;
    assert(kept > 0 && kept < MORE_THAN_FITS, `${kept} fitted`);
    assertEquals(await items.countDocuments(), kept);
    assertEquals((await items.find().toArray()).length, kept);
    assertEquals(await items.countDocuments({ text: { $gte: "" } }), kept);
    child.kill("SIGKILL");
  },
});

/** Files end at 2 MiB, where a write fails instead of ending the process. */
const SMALL_FILES = `trap "" XFSZ; ulimit -f 4096; exec "$0" "$@"`;
const MORE_THAN_FITS = 400;

/** Runs a server in a process of its own, which prints the server's URI. */
function spawnServer(path: string, wrapper: readonly string[] = []) {
  const source = `import { startMongo } from ${JSON.stringify(MODULE.href)};
    const server = await startMongo({ path: ${JSON.stringify(path)} });
    console.log(server.uri);`;
  const [command = "", ...args] = [
    ...wrapper,
    Deno.execPath(),
    "eval",
    "--no-check",
    source,
  ];
  return new Deno.Command(command, { args, stdout: "piped", stderr: "null" })
    .spawn();
}

/** Kills a server of its own process while writes come in. */
async function writeUntilKilled(path: string): Promise<number[]> {
  await using child = spawnServer(path);
  const uri = await readLine(child.stdout);
  const client = new MongoClient(uri, { retryWrites: false });
  const items = client.db("a").collection<{ _id: number; n: number }>("items");
  await items.createIndex({ n: 1 });
  const acknowledged: number[] = [];
  const write = async (lane: number) => {
    for (let _id = lane;; _id += 20) {
      await items.insertOne({ _id, n: _id });
      acknowledged.push(_id);
      if (acknowledged.length === ENOUGH_WRITES) child.kill("SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: 20 }, (_, i) => write(i)));
  await client.close();
  return acknowledged;
}

async function readLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.trim();
}
