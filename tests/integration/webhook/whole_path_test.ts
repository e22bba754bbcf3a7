/** What the webhook route answers, and what becomes of it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { startRollcall } from "../../support/rollcall_process.ts";
import { readUser, T0, tell, userTold } from "./tell.ts";

const user = (data: Record<string, unknown>) =>
  JSON.stringify({ type: "user.created", object: "event", data });

Deno.test("the webhook route answers bad input as it should", async (t) => {
  await using rollcall = await startRollcall();
  const url = `${rollcall.origin}/api/webhooks/clerk`;
  const good = user({ id: "user_bad_input", object: "user" });
  const minutes = (n: number) => new Date(Date.now() + n * 60_000);
  const otherSecret = `whsec_${btoa("x".repeat(24))}`;

  const cases: [string, () => Promise<Response>, number][] = [
    [
      "a signature by another secret",
      () => rollcall.send(good, { id: "msg_b1", secret: otherSecret }),
      400,
    ],
    [
      "a timestamp of an hour ago",
      () => rollcall.send(good, { id: "msg_b2", at: minutes(-60) }),
      400,
    ],
    [
      "a timestamp an hour ahead",
      () => rollcall.send(good, { id: "msg_b3", at: minutes(60) }),
      400,
    ],
    [
      "no signature at all",
      () => fetch(url, { method: "POST", body: good }),
      400,
    ],
    ["a GET", () => fetch(url), 405],
    ["a PUT", () => fetch(url, { method: "PUT", body: good }), 405],
    [
      "more than 1 MiB",
      () => rollcall.send(user({ id: "x".repeat(1 << 20) }), { id: "msg_b4" }),
      413,
    ],
    [
      "more than 1 MiB of unknown length",
      () =>
        fetch(url, {
          method: "POST",
          body: new Blob(["x".repeat(1 << 21)]).stream(),
        }),
      413,
    ],
    ["an empty body", () => rollcall.send("", { id: "msg_b5" }), 422],
    ["no JSON", () => rollcall.send("{", { id: "msg_b6" }), 422],
    ["a list", () => rollcall.send("[]", { id: "msg_b7" }), 422],
    [
      "no data",
      () => rollcall.send(`{"type":"user.created"}`, { id: "msg_b8" }),
      422,
    ],
    [
      "an unknown type",
      () =>
        rollcall.send(`{"type":"moon.rose","data":{"id":"m"}}`, {
          id: "msg_b9",
        }),
      202,
    ],
  ];
  for (const [name, send, status] of cases) {
    await t.step(`${name}: ${status}`, async () => {
      const response = await send();
      const text = await response.text();
      assertEquals(response.status, status, text);
      if (status >= 400) {
        assertEquals(
          response.headers.get("content-type"),
          "application/problem+json",
        );
        assertMatch(JSON.parse(text).detail, /^Cannot /);
      }
      if (status === 405) {
        assertEquals(response.headers.get("allow"), "POST");
      }
    });
  }
  await t.step("nothing of it became a user", async () => {
    const found = await rollcall.store.users.documents.findOne({
      _id: "user_bad_input",
    });
    assertEquals(found, null);
  });
});

Deno.test("the whole path takes the unbranded webhook headers", async () => {
  await using rollcall = await startRollcall();
  const { Webhook } = await import("svix");
  const body = user({ id: "user_unbranded" });
  const at = new Date();
  const response = await fetch(`${rollcall.origin}/api/webhooks/clerk`, {
    method: "POST",
    headers: {
      "webhook-id": "msg_unbranded",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(rollcall.secret)
        .sign("msg_unbranded", at, body),
    },
    body,
  });
  await response.body?.cancel();
  assertEquals(response.status, 202);
});

Deno.test("the whole path stores hostile metadata and absent fields", async (t) => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  const metadata =
    `{"$set":{"banned":true},"a.b":1,"__proto__":{"x":1},"nul\\u0000":2,"_bsontype":"ObjectId"}`;
  const cases: [string, string][] = [
    ["hostile", `{"id":"user_h1","public_metadata":${metadata}}`],
    ["bare", `{"id":"user_h2"}`],
    [
      "null",
      `{"id":"user_h3","email_addresses":null,"phone_numbers":null,"first_name":null,"updated_at":null,"public_metadata":null}`,
    ],
  ];
  for (const [name, data] of cases) {
    await t.step(name, async () => {
      const id = `msg_hostile_${name}`;
      const response = await rollcall.send(
        `{"type":"user.created","data":${data}}`,
        { id },
      );
      await response.body?.cancel();
      assertEquals(response.status, 202);
      await feed.settled([id]);
      const stored = await rollcall.store.users.documents.findOne({
        _id: JSON.parse(data).id,
      });
      assertEquals(stored?.email, null);
      assertEquals(stored?.banned, false);
      if (name === "hostile") {
        assert(JSON.stringify(stored?.public_metadata).includes(`"a.b":1`));
      }
    });
  }
});

Deno.test("the webhook route answers 503 while Inngest cannot be reached", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  taken.close();
  await using rollcall = await startRollcall({
    env: {
      INNGEST_EVENT_KEY: "event-key-for-tests",
      INNGEST_SIGNING_KEY: `signkey-test-${"0".repeat(64)}`,
      INNGEST_BASE_URL: `http://127.0.0.1:${port}`,
    },
  });
  const response = await rollcall.send(user({ id: "user_503" }), {
    id: "msg_503",
  });
  assertEquals(response.status, 503, await response.text());
  assertEquals(response.headers.get("retry-after"), "5");
});

Deno.test("the whole path leaves the application's own fields alone", async () => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  const { store } = rollcall;
  const users = store.db.collection<{ _id: string }>("users");
  await tell(rollcall, feed, [userTold("user_1", 0, "applied")]);
  await users.updateOne({ _id: "user_1" }, {
    $set: { theme: { dark: true }, last_seen: new Date(T0) },
  });
  await tell(rollcall, feed, [
    userTold("user_1", 5, "applied", { first_name: "Ada", banned: true }),
  ]);
  const found = await users.findOne({ _id: "user_1" });
  const expected = {
    theme: { dark: true },
    last_seen: new Date(T0),
    first_name: "Ada",
    banned: true,
  };
  assertEquals<unknown>({ ...found, ...expected }, found);
});

Deno.test("the whole path fetches who a membership names and nobody has told of", async () => {
  await using clerk = new FakeClerk();
  const ada = await clerk.createUser({ first_name: "Ada" });
  const acme = await clerk.createOrganization({ name: "Acme" });
  const joined = await clerk.createMembership({
    organizationId: acme.id,
    userId: ada.id,
  });
  await using rollcall = await startRollcall({
    env: { CLERK_API_URL: clerk.url, CLERK_SECRET_KEY: clerk.secretKey },
  });
  await using feed = await rollcall.listen();
  await tell(rollcall, feed, [{
    type: "organizationMembership.created",
    data: { ...joined },
    becomes: "applied",
  }]);
  const found = await readUser(rollcall.store, ada.id);
  assertEquals(found?.first_name, "Ada");
  assertEquals(found?.sync.source, "fetch");
  const organizations = await rollcall.store.organizations.documents.find()
    .toArray();
  assertEquals(organizations.map(({ name }) => name), ["Acme"]);
});
