import { assert, assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { serialize } from "bson";
import { MongoClient, MongoServerError } from "mongodb";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";
import {
  connectRaw,
  message,
  OP_MSG,
  OP_QUERY,
  readReplies,
  section,
} from "./raw_message.ts";

const OP_REPLY = 1;
const SOON = { serverSelectionTimeoutMS: 2000 };

Deno.test("startMongo() makes a socket that only its owner may use", async () => {
  await using server = await startMongo({ path: ":memory:" });
  const path = decodeURIComponent(new URL(server.uri).host);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("startMongo() listens on loopback TCP when a port is asked for", async () => {
  await using server = await startMongo({ path: ":memory:", port: 0 });
  await using client = await MongoClient.connect(server.uri, SOON);
  const items = client.db("a").collection<{ _id: number }>("items");
  await items.insertOne({ _id: 1 });
  assertEquals(await items.findOne(), { _id: 1 });
});

Deno.test("TCP without a password may say hello and nothing more", async () => {
  await using server = await startMongo({ path: ":memory:", port: 0 });
  const { host } = new URL(server.uri);
  await using client = await MongoClient.connect(
    `mongodb://${host}/?directConnection=true`,
    SOON,
  );
  assertEquals((await client.db("a").command({ ping: 1 })).ok, 1);
  const error = await assertRejects(
    () => client.db("a").collection("items").findOne(),
    MongoServerError,
  );
  assertEquals(error.code, 13);
});

Deno.test("TCP with a wrong password or name is refused", async () => {
  await using server = await startMongo({ path: ":memory:", port: 0 });
  const { username, password } = new URL(server.uri);
  const wrong = [
    server.uri.replace(password, "0".repeat(password.length)),
    server.uri.replace(`//${username}`, "//somebody"),
  ];
  for (const uri of wrong) {
    const error = await assertRejects(
      () => MongoClient.connect(uri, SOON),
      MongoServerError,
    );
    assertEquals(error.code, 18);
  }
});

Deno.test("startMongo() refuses a host that is not loopback", async () => {
  await assertRejects(
    () => startMongo({ path: ":memory:", hostname: "0.0.0.0" }),
    Error,
    "not loopback",
  );
});

Deno.test("startMongo() refuses a socket and a port at once", async () => {
  await assertRejects(
    () => startMongo({ path: ":memory:", socketPath: "/tmp/x", port: 0 }),
    TypeError,
  );
});

Deno.test("startMongo() refuses a folder that another server has open", async () => {
  const path = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(path, { recursive: true }));
  stack.use(await startMongo({ path }));
  await assertRejects(() => startMongo({ path }), Error, "Cannot open");
});

Deno.test("close() keeps what was acknowledged and frees folder and socket", async () => {
  const path = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(path, { recursive: true }));
  {
    const server = await startMongo({ path });
    await using client = await MongoClient.connect(server.uri);
    const items = client.db("a").collection<{ _id: number }>("items");
    await items.createIndex({ n: 1 });
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    await items.find({}, { batchSize: 1 }).next(); // Leaves a cursor open.
    await server.close();
    await server.close();
    await assertRejects(() =>
      Deno.connect({ transport: "unix", path: `${path}/mongo.sock` })
    );
  }
  const again = stack.use(await startMongo({ path }));
  const client = stack.use(await MongoClient.connect(again.uri));
  const items = client.db("a").collection<{ _id: number }>("items");
  assertEquals(await items.countDocuments(), 3);
  assertEquals((await items.indexes()).length, 2);
});

Deno.test("close() in the midst of writes keeps each acknowledged one", async () => {
  const path = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(path, { recursive: true }));
  const acknowledged: number[] = [];
  {
    const server = await startMongo({ path });
    await using client = new MongoClient(server.uri, { retryWrites: false });
    const items = client.db("a").collection<{ _id: number }>("items");
    const write = async (_id: number) => {
      await items.insertOne({ _id });
      acknowledged.push(_id);
      if (acknowledged.length === 20) await server.close();
    };
    await Promise.allSettled(Array.from({ length: 200 }, (_, i) => write(i)));
  }
  const again = stack.use(await startMongo({ path }));
  const client = stack.use(await MongoClient.connect(again.uri));
  const items = client.db("a").collection<{ _id: number }>("items");
  assert(acknowledged.length >= 20);
  assertEquals(
    await items.countDocuments({ _id: { $in: acknowledged } }),
    acknowledged.length,
  );
});

Deno.test("a hello by OP_QUERY is answered by OP_REPLY", async () => {
  await using server = await startMongo({ path: ":memory:" });
  using connection = await connectRaw(server.uri);
  await connection.write(message(OP_QUERY, helloQuery(), { id: 7 }));
  const [reply] = await readReplies(connection, 1);
  assertEquals([reply?.opCode, reply?.responseTo], [OP_REPLY, 7]);
  assertEquals([reply?.body.ismaster, reply?.body.ok], [true, 1]);
});

Deno.test("requests that are sent without waiting are answered in order", async () => {
  await using server = await startMongo({ path: ":memory:" });
  using connection = await connectRaw(server.uri);
  const commands = [
    { insert: "items", documents: [{ _id: 1 }], $db: "a" },
    { count: "items", $db: "a" },
    { frobnicate: 1, $db: "a" },
    { insert: "items", documents: [{ _id: 2 }], $db: "a" },
    { count: "items", $db: "a" },
  ];
  const bytes = commands.flatMap((command, id) => [
    ...message(OP_MSG, section(serialize(command)), { id }),
  ]);
  // Cut in the midst of a message, as TCP may.
  await connection.write(Uint8Array.from(bytes.slice(0, 150)));
  await connection.write(Uint8Array.from(bytes.slice(150)));
  const replies = await readReplies(connection, commands.length);
  assertEquals(replies.map(({ responseTo }) => responseTo), [0, 1, 2, 3, 4]);
  assertEquals(replies.map(({ body }) => body.n ?? body.code), [
    1,
    1,
    59,
    1,
    2,
  ]);
});

Deno.test("requests before a malformed one are still answered", async () => {
  await using server = await startMongo({ path: ":memory:" });
  using connection = await connectRaw(server.uri);
  const ping = section(serialize({ ping: 1, $db: "a" }));
  await connection.write(Uint8Array.from([
    ...message(OP_MSG, ping, { id: 1 }),
    ...message(4711, new Uint8Array(20), { id: 2 }),
  ]));
  const replies = await readReplies(connection);
  assertEquals(
    replies.map(({ responseTo, body }) => [responseTo, body.ok]),
    [[1, 1], [2, 0]],
  );
});

Deno.test("documents in a sequence of their own are inserted", async () => {
  await using server = await startMongo({ path: ":memory:" });
  using connection = await connectRaw(server.uri);
  const body = section(serialize({ insert: "items", $db: "a" }));
  const rows = [1, 2].flatMap((_id) => [...serialize({ _id })]);
  const name = new TextEncoder().encode("documents\0");
  const sequence = new Uint8Array(5 + name.length + rows.length);
  sequence[0] = 1;
  new DataView(sequence.buffer).setInt32(1, sequence.length - 1, true);
  sequence.set(name, 5);
  sequence.set(rows, 5 + name.length);
  await connection.write(
    message(OP_MSG, Uint8Array.from([...body, ...sequence])),
  );
  const [reply] = await readReplies(connection, 1);
  assertEquals(reply?.body, { n: 2, ok: 1 });
});

/** Flags, namespace, skip and return, then `{ ismaster: 1 }`. */
function helloQuery(): Uint8Array {
  const name = new TextEncoder().encode("admin.$cmd\0");
  const document = serialize({ ismaster: 1, helloOk: true });
  const bytes = new Uint8Array(12 + name.length + document.length);
  bytes.set(name, 4);
  bytes.set(document, 12 + name.length);
  return bytes;
}

Deno.test("a regular expression that backtracks does not hold up the process", async () => {
  await using server = await startMongo({ path: ":memory:" });
  await using client = await MongoClient.connect(server.uri, SOON);
  const items = client.db("a").collection<{ text: string }>("items");
  await items.insertOne({ text: "a".repeat(22) + "b" });
  let turns = 0;
  let isDone = false;
  const search = items.find({ text: /^(a+)+$/ }).toArray()
    .finally(() => isDone = true);
  for (; !isDone; turns++) await setImmediate();
  assertEquals(await search, []);
  assert(turns > 100, `the event loop made ${turns} turns`);
});
