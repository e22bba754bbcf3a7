import { assert, assertEquals } from "@std/assert";
import { Webhook } from "svix";
import { createWebhookSealer } from "./sealed_webhook.ts";

const OLD = `whsec_${btoa("o".repeat(24))}`;
const RIGHT = `whsec_${btoa("r".repeat(24))}`;
const SESSION = "s".repeat(32);
const NOW = new Date("2026-03-01T12:00:00Z");
const BODY =
  `{"type":"user.created","object":"event","timestamp":1772366400000,"data":{"id":"user_1"}}`;

function sign(body: string, secret = RIGHT): Headers {
  const at = new Date("2026-02-28T12:00:00Z");
  return new Headers({
    "svix-id": "msg_1",
    "svix-timestamp": String(at.getTime() / 1000),
    "svix-signature": `v1,AAAA ${new Webhook(secret).sign("msg_1", at, body)}`,
  });
}

async function sealed(body: string, headers = sign(body)) {
  return await (await createWebhookSealer([OLD], SESSION)).seal(headers, body);
}

async function lookAgain(
  bytes: Uint8Array<ArrayBuffer>,
  { secrets = [OLD, RIGHT], session = SESSION } = {},
) {
  return await (await createWebhookSealer(secrets, session))
    .lookAgain(bytes, NOW);
}

Deno.test("createWebhookSealer() finds the event once the secret is right, however old it is", async () => {
  const bytes = await sealed(BODY);
  assert(bytes !== null);
  const found = await lookAgain(bytes);
  assert(found.kind === "verified");
  assertEquals(found.event.id, "msg_1");
  assertEquals(found.event.name, "clerk/user.created");
  assertEquals(found.event.data.id, "user_1");
});

Deno.test("createWebhookSealer() refuses again while the secret is wrong", async () => {
  const bytes = await sealed(BODY);
  assert(bytes !== null);
  assertEquals(await lookAgain(bytes, { secrets: [OLD] }), {
    kind: "still-rejected",
  });
});

Deno.test("createWebhookSealer() refuses a signature of another body", async () => {
  const bytes = await sealed(BODY, sign(BODY.replace("user_1", "user_2")));
  assert(bytes !== null);
  assertEquals((await lookAgain(bytes)).kind, "still-rejected");
});

Deno.test("createWebhookSealer() cannot read what another session secret sealed", async () => {
  const bytes = await sealed(BODY);
  assert(bytes !== null);
  assertEquals(await lookAgain(bytes, { session: "t".repeat(32) }), {
    kind: "unreadable",
  });
});

Deno.test("createWebhookSealer() shows nothing of the body", async () => {
  const bytes = await sealed(BODY);
  assert(bytes !== null);
  assert(!new TextDecoder().decode(bytes).includes("user"));
});

const NEVER_SEALED: [string, string, Headers?][] = [
  ["an e-mail with its code", `{"type":"email.created","data":{"id":"e"}}`],
  ["an invitation", `{"type":"organizationInvitation.created","data":{}}`],
  ["a type that nobody knows", `{"type":"moon.rose","data":{}}`],
  ["what is not JSON", "{"],
  ["what has no signature", BODY, new Headers({ "svix-id": "msg_1" })],
];
for (const [name, body, headers] of NEVER_SEALED) {
  Deno.test(`createWebhookSealer() does not keep ${name}`, async () => {
    assertEquals(await sealed(body, headers), null);
  });
}
