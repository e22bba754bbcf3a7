import { assert, assertEquals, assertRejects } from "@std/assert";
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

const PING = serialize({ ping: 1, $db: "a" });

const INSERT = section(serialize({ insert: "a", $db: "a" }));
/** A section of kind 1: its size, its name, one document. */
const DOCUMENTS = Uint8Array.of(
  1,
  ...[19, 0, 0, 0],
  ...new TextEncoder().encode("documents\0"),
  ...serialize({}),
);

const MESSAGES: readonly [string, () => Uint8Array][] = [
  [
    "declares 200 MB",
    () => message(OP_MSG, new Uint8Array(8), { declaredBytes: 200_000_000 }),
  ],
  [
    "declares less than a header",
    () => message(OP_MSG, new Uint8Array(), { declaredBytes: 3 }),
  ],
  [
    "declares a negative length",
    () => message(OP_MSG, new Uint8Array(), { declaredBytes: -1 }),
  ],
  ["has an unknown opcode", () => message(4711, new Uint8Array(20))],
  ["ends before its body", () => message(OP_MSG, new Uint8Array(4))],
  ["has an unknown kind of section", () => message(OP_MSG, section(PING, 7))],
  [
    "has unknown required flags",
    () => message(OP_MSG, section(PING).fill(0x40, 0, 1)),
  ],
  [
    "has a checksum",
    () =>
      message(
        OP_MSG,
        Uint8Array.of(1, ...section(PING).subarray(1), 1, 2, 3, 4),
      ),
  ],
  ["has no body but a sequence", () => {
    const sequence = Uint8Array.of(14, 0, 0, 0, 97, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    return message(OP_MSG, section(sequence, 1));
  }],
  ["gives its documents twice", () =>
    message(
      OP_MSG,
      Uint8Array.from([...INSERT, ...DOCUMENTS, ...DOCUMENTS]),
    )],
  ["gives its documents in its body and besides", () =>
    message(
      OP_MSG,
      Uint8Array.from([
        ...section(serialize({ insert: "a", documents: [{}], $db: "a" })),
        ...DOCUMENTS,
      ]),
    )],
  [
    "declares a sequence that is longer than it",
    () =>
      message(
        OP_MSG,
        Uint8Array.from([...INSERT, ...DOCUMENTS.subarray(0, -3)]),
      ),
  ],
  ["is compressed", () => message(2012, new Uint8Array(30))],
  [
    "holds truncated BSON",
    () => message(OP_MSG, section(PING.subarray(0, PING.length - 4))),
  ],
  ["holds a string that is longer than its document", () => {
    const body = serialize({ ping: "abc", $db: "a" });
    body[10] = 200; // The length of "abc".
    return message(OP_MSG, section(body));
  }],
  ["holds an unknown type", () => {
    const body = PING.slice();
    body[4] = 0x55;
    return message(OP_MSG, section(body));
  }],
  ["nests 200 deep", () =>
    message(
      OP_MSG,
      section(serialize({ find: "a", filter: nest(200), $db: "a" })),
    )],
  [
    "asks by OP_QUERY for more than a hello",
    () => message(OP_QUERY, query({ find: "a" })),
  ],
];

for (const [title, build] of MESSAGES) {
  Deno.test(`a message that ${title} ends its connection alone`, async () => {
    await using server = await startMongo({ path: ":memory:" });
    await using client = await MongoClient.connect(server.uri);
    await client.db("a").command({ ping: 1 });
    using connection = await connectRaw(server.uri);
    await connection.write(build());
    // Ends only when the server has closed the connection.
    const [reply, ...more] = await readReplies(connection);
    assertEquals([reply?.body.ok, more.length], [0, 0]);
    assert([15, 17, 22].includes(reply?.body.code), `${reply?.body.code}`);
    assertEquals((await client.db("a").command({ ping: 1 })).ok, 1);
  });
}

Deno.test("a document that nests 200 deep is not stored", async () => {
  await using server = await startMongo({ path: ":memory:" });
  await using client = await MongoClient.connect(server.uri);
  using connection = await connectRaw(server.uri);
  const body = { insert: "items", documents: [nest(200)], $db: "a" };
  await connection.write(message(OP_MSG, section(serialize(body))));
  const [reply] = await readReplies(connection, 1);
  assertEquals(reply?.body.writeErrors?.[0]?.code, 15);
  assertEquals(await client.db("a").collection("items").countDocuments(), 0);
});

Deno.test("an update that nests 200 deep is refused and harms no document", async () => {
  await using server = await startMongo({ path: ":memory:" });
  await using client = await MongoClient.connect(server.uri);
  const items = client.db("a").collection<{ _id: number }>("items");
  await items.insertOne({ _id: 1 });
  const path = Array(200).fill("a").join(".");
  const { code } = await assertRejects(
    () => items.updateOne({ _id: 1 }, { $set: { [path]: 1 } }),
    MongoServerError,
  );
  assertEquals(code, 15);
  assertEquals(await items.findOne({ a: null }), { _id: 1 });
});

Deno.test("a document that is broken inside is not stored", async () => {
  await using server = await startMongo({ path: ":memory:" });
  await using client = await MongoClient.connect(server.uri);
  using connection = await connectRaw(server.uri);
  const documents = [{ _id: 1, inner: { text: "abc" } }];
  const body = serialize({ insert: "items", documents, $db: "a" });
  const at = body.findIndex((_, i) =>
    new TextDecoder().decode(body.subarray(i, i + 4)) === "text"
  );
  body[at + 5] = 200; // The length of "abc".
  await connection.write(message(OP_MSG, section(body)));
  const [reply] = await readReplies(connection, 1);
  assertEquals(reply?.body.writeErrors?.[0]?.code, 22);
  assertEquals(await client.db("a").collection("items").countDocuments(), 0);
});

function nest(depth: number): object {
  let nested: object = {};
  for (let i = 0; i < depth; i++) nested = { a: nested };
  return nested;
}

/** Flags, namespace, skip and return, then the query. */
function query(command: object): Uint8Array {
  const name = new TextEncoder().encode("admin.$cmd\0");
  const document = serialize(command);
  const bytes = new Uint8Array(4 + name.length + 8 + document.length);
  bytes.set(name, 4);
  bytes.set(document, 12 + name.length);
  return bytes;
}
