/**
 * Signed bodies made to break something: each gets the documented answer, and
 * whatever was answered 202 is on record afterwards.
 */
import { assertEquals } from "@std/assert";
import { statusOf } from "../../support/status_of.ts";
import { startRollcall } from "../../support/rollcall_process.ts";

const MIB = 1024 * 1024;

/** An event about a session: recorded, and nothing else. */
const session = (data: string, rest = "") =>
  `{"type":"session.created","object":"event","data":${data}${rest}}`;

const user = (id: string, fields: string) =>
  `{"type":"user.created","data":{"id":"${id}","updated_at":1,${fields}}}`;

const OWN_KEYS = JSON.stringify({
  id: "sess_own",
  _webhook: { id: "msg_forged", timestamp: 1, instance_id: null },
  _replay: { event_id: "msg_forged", job_id: "job_1", mode: "full" },
});

/** Padded to a size in bytes. */
function padded(bytes: number): string {
  const body = session(`{"id":"sess_padded"}`);
  return body + " ".repeat(bytes - body.length);
}

const BODIES:
  readonly (readonly [name: string, body: string, status: number])[] = [
    ["one MiB", padded(MIB), 202],
    ["one byte more", padded(MIB + 1), 413],
    ["white space", " \r\n\t ", 422],
    ["a byte-order mark", `\uFEFF${session("{}")}`, 422],
    ["JSON that breaks off", session("{}").slice(0, -1), 422],
    ["two values", `${session("{}")}${session("{}")}`, 422],
    ["null", "null", 422],
    ["a number", "1e400", 422],
    ["a text", `"user.created"`, 422],
    ["a list of events", `[${session("{}")}]`, 422],
    ["no type", `{"data":{}}`, 422],
    ["a type that is no text", `{"type":7,"data":{}}`, 422],
    ["an empty type", `{"type":"","data":{}}`, 422],
    ["a type with a space", `{"type":"user created","data":{}}`, 422],
    ["a type beyond ASCII", `{"type":"usér.created","data":{}}`, 422],
    ["a type of 201 letters", `{"type":"${"t".repeat(201)}","data":{}}`, 422],
    ["a type of JavaScript's own", `{"type":"__proto__","data":{}}`, 202],
    ["a type with a slash", `{"type":"a/../b","data":{"id":"x"}}`, 202],
    ["data that is null", session("null"), 202],
    ["data that is a list", session("[1,2]"), 202],
    ["data that is a number", session("1e400"), 202],
    ["100,000 levels", session("[".repeat(1e5) + "]".repeat(1e5)), 202],
    ["a prototype", session(`{"__proto__":{"id":"p"},"constructor":1}`), 202],
    ["operators and dots", session(`{"$set":{"a":1},"a.b":2,"":3}`), 202],
    ["a NUL in a key", session(`{"nul\\u0000key":"nul\\u0000value"}`), 202],
    ["lone surrogates", session(`{"id":"\\ud800","\\udfff":"\\ud800"}`), 202],
    ["a key of BSON's own", session(`{"_bsontype":"ObjectId","x":[]}`), 202],
    ["more than a double holds", session(`{"n":9007199254740993,"m":-0}`), 202],
    ["numbers out of range", session(`{"n":1e400,"m":-1e400,"o":1e-400}`), 202],
    ["a key twice", session(`{"id":"a","id":"b"}`), 202],
    ["a time that is text", session("{}", `,"timestamp":"now"`), 202],
    ["a time before all", session("{}", `,"timestamp":-5`), 202],
    ["a time after all", session("{}", `,"timestamp":1e300`), 202],
    ["an instance that is a list", session("{}", `,"instance_id":[]`), 202],
    ["keys of Rollcall's own", session(OWN_KEYS), 202],
  ];

Deno.test("the webhook route takes or refuses hostile bodies as documented, and loses none that it took", async (t) => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  const cases = BODIES.map(([name, body, status], index) => ({
    name,
    body,
    status,
    id: `msg_hostile_${index}`,
  }));
  for (const { name, body, status, id } of cases) {
    await t.step(`${name}: ${status}`, async () => {
      assertEquals(await statusOf(rollcall.send(body, { id })), status);
    });
  }
  const taken = cases.filter(({ status }) => status === 202);
  await feed.recorded(taken.map(({ id }) => id));
  for (const { id, name } of taken) {
    await t.step(`${name} is on record`, async () => {
      const record = await rollcall.store.webhookEvents.documents
        .findOne({ _id: id });
      assertEquals(record?.state, "received");
    });
  }
  await t.step("nothing is on record under a forged id", async () => {
    const { documents } = rollcall.store.webhookEvents;
    assertEquals(await documents.findOne({ _id: "msg_forged" }), null);
    assertEquals(await documents.countDocuments(), taken.length);
  });
});

const USERS: readonly (readonly [
  name: string,
  fields: string,
  state: "applied" | "failed",
])[] = [
  ["metadata with operators", `"public_metadata":{"$inc":{"a":1}}`, "applied"],
  ["metadata with dots", `"public_metadata":{"a.b":{"$":1}}`, "applied"],
  ["metadata with a prototype", `"public_metadata":{"__proto__":1}`, "applied"],
  ["metadata that is a list", `"public_metadata":[1]`, "applied"],
  ["a name of a lone surrogate", `"first_name":"\\ud83d"`, "applied"],
  ["a name with NUL", `"first_name":"a\\u0000b"`, "applied"],
  ["a name of 100,000 letters", `"first_name":"${"a".repeat(1e5)}"`, "applied"],
  [
    "a user name of 5,000 letters",
    `"username":"${"u".repeat(5e3)}"`,
    "applied",
  ],
  ["an empty user name", `"username":""`, "applied"],
  ["a user name of operators", `"username":"$where"`, "applied"],
  ["a number for a name", `"first_name":5`, "failed"],
  ["an address that is a list", `"email_addresses":[[]]`, "failed"],
  ["a time that is text", `"created_at":"2026"`, "failed"],
  ["a time out of range", `"created_at":1e300`, "failed"],
  ["a time before 1970", `"created_at":-1`, "failed"],
  ["a half of a ban", `"banned":"half"`, "failed"],
];

Deno.test("the whole path applies hostile users, or keeps a dead letter of them", async (t) => {
  await using rollcall = await startRollcall();
  const { store } = rollcall;
  await using feed = await rollcall.listen();
  const cases = USERS.map(([name, fields, state], index) => ({
    name,
    state,
    id: `user_${index}`,
    eventId: `msg_${index}`,
    body: user(`user_${index}`, fields),
  }));
  for (const { body, eventId } of cases) {
    const answer = rollcall.send(body, { id: eventId });
    assertEquals(await statusOf(answer), 202);
  }
  await feed.recorded(cases.map(({ eventId }) => eventId));
  await feed.outcomes(cases.map(({ eventId }) => eventId));
  for (const { name, state, id, eventId, body } of cases) {
    await t.step(`${name}: ${state}`, async () => {
      const record = await store.webhookEvents.documents.findOne({
        _id: eventId,
      });
      assertEquals(record?.state, state);
      const stored = await store.users.documents.findOne({ _id: id });
      const letters = await store.deadLetters.documents
        .countDocuments({ event_id: eventId });
      assertEquals(stored !== null, state === "applied");
      assertEquals(letters, state === "applied" ? 0 : 1);
      if (!body.includes("public_metadata")) return;
      assertEquals(
        JSON.stringify(stored?.public_metadata),
        JSON.stringify(JSON.parse(body).data.public_metadata),
      );
    });
  }
});
