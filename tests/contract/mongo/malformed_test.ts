import { assert, assertEquals } from "@std/assert";
import { deserialize, serialize } from "bson";
import { MongoClient } from "mongodb";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";

const OP_MSG = 2013;

const MESSAGES: readonly [string, () => Uint8Array][] = [
  ["declares 200 MB", () => message(OP_MSG, new Uint8Array(8), 200_000_000)],
  ["declares less than a header", () => message(OP_MSG, new Uint8Array(), 3)],
  ["declares a negative length", () => message(OP_MSG, new Uint8Array(), -1)],
  ["has an unknown opcode", () => message(4711, new Uint8Array(20))],
  ["ends before its body", () => message(OP_MSG, new Uint8Array(4))],
  ["holds truncated BSON", () => {
    const body = serialize({ ping: 1, $db: "a" });
    return message(OP_MSG, section(body.subarray(0, body.length - 4)));
  }],
  ["nests 200 deep", () => {
    let filter: object = {};
    for (let depth = 0; depth < 200; depth++) filter = { a: filter };
    return message(
      OP_MSG,
      section(serialize({ find: "a", filter, $db: "a" })),
    );
  }],
];

for (const [title, build] of MESSAGES) {
  Deno.test(`a message that ${title} ends its connection alone`, async () => {
    await using server = await startMongo({ path: ":memory:" });
    await using client = await MongoClient.connect(server.uri);
    await client.db("a").command({ ping: 1 });
    const path = decodeURIComponent(new URL(server.uri).host);
    using connection = await Deno.connect({ transport: "unix", path });
    await connection.write(build());
    const reply = await readToEnd(connection);
    const { ok, code } = deserialize(reply.subarray(21));
    assertEquals(ok, 0);
    assert([15, 17, 22].includes(code), `code ${code}`);
    assertEquals((await client.db("a").command({ ping: 1 })).ok, 1);
  });
}

Deno.test("startMongo() makes a socket that only its owner may use", async () => {
  await using server = await startMongo({ path: ":memory:" });
  const path = decodeURIComponent(new URL(server.uri).host);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

function message(
  opCode: number,
  body: Uint8Array,
  declaredBytes = 16 + body.length,
): Uint8Array {
  const bytes = new Uint8Array(16 + body.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, declaredBytes, true);
  view.setInt32(4, 1, true);
  view.setInt32(12, opCode, true);
  bytes.set(body, 16);
  return bytes;
}

/** Flags, then one body section. */
function section(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  bytes.set(body, 5);
  return bytes;
}

/** Resolves only when the server has closed the connection. */
async function readToEnd(connection: Deno.Conn): Promise<Uint8Array> {
  return new Uint8Array(
    await new Response(connection.readable).arrayBuffer(),
  );
}
