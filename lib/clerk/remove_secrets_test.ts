import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
} from "@std/assert";
import {
  CLERK_PAYLOADS,
  clerkPayload,
  dataOf,
} from "../../tests/support/clerk_payloads.ts";
import { removeSecrets } from "./remove_secrets.ts";

/** What would let a reader of the fixtures sign in: codes, tickets, links. */
const LIVE = /\b0{6}\b|otp_code|[?&]__clerk_ticket=|[?&]ticket=|magic_link/;

Deno.test("the fixtures hold secrets to remove", () => {
  const live = CLERK_PAYLOADS.filter(({ text }) => LIVE.test(text))
    .map(({ type }) => type);
  for (
    const type of [
      "email.created",
      "sms.created",
      "organizationInvitation.created",
    ]
  ) {
    assert(live.includes(type), type);
  }
});

for (const payload of CLERK_PAYLOADS) {
  Deno.test(`removeSecrets() leaves nothing to sign in with in ${payload.file}`, () => {
    const kept = JSON.stringify(removeSecrets(payload.type, dataOf(payload)));
    assertFalse(LIVE.test(kept));
  });
}

for (
  const payload of CLERK_PAYLOADS.filter(({ type }) =>
    /^(user|organization|organizationMembership)\./.test(type)
  )
) {
  Deno.test(`removeSecrets() hands back ${payload.file} itself`, () => {
    const data = dataOf(payload);
    assertStrictEquals(removeSecrets(payload.type, data), data);
  });
}

for (const payload of CLERK_PAYLOADS) {
  Deno.test(`removeSecrets() does not change its argument in ${payload.file}`, () => {
    const data = dataOf(payload);
    removeSecrets(payload.type, data);
    assertEquals(data, dataOf(payload));
  });
}

Deno.test("removeSecrets() keeps who an e-mail went to and why", () => {
  const data = dataOf(clerkPayload("email.created__verification-code"));
  const kept = removeSecrets("email.created", data);
  for (
    const field of ["id", "slug", "status", "user_id", "to_email_address"]
  ) {
    assertEquals(kept[field], data[field], field);
  }
  for (const field of ["subject", "body", "body_plain", "data"]) {
    assertFalse(field in kept, field);
  }
});

Deno.test("removeSecrets() keeps who a text message went to and why", () => {
  const data = dataOf(clerkPayload("sms.created__verification-code"));
  const kept = removeSecrets("sms.created", data);
  for (const field of ["id", "slug", "status", "to_phone_number"]) {
    assertEquals(kept[field], data[field], field);
  }
  assertFalse("message" in kept);
});

Deno.test("removeSecrets() drops fields of messages that it does not know", () => {
  const future = { id: "ema_1", html: "Your code is 123456" };
  assertEquals(removeSecrets("email.updated", future), { id: "ema_1" });
  assertEquals(removeSecrets("sms.delivered", future), { id: "ema_1" });
});

Deno.test("removeSecrets() keeps an invitation but for its link", () => {
  const data = dataOf(clerkPayload("organizationInvitation.created__pending"));
  const { url: _, ...rest } = data;
  assertEquals(removeSecrets("organizationInvitation.created", data), rest);
});

const HIDDEN: readonly {
  readonly name: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly kept: Record<string, unknown>;
}[] = [
  {
    name: "an invitation within another event",
    type: "waitlistEntry.updated",
    data: { id: "w_1", invitation: { id: "inv_1", url: "https://a.test/x" } },
    kept: { id: "w_1", invitation: { id: "inv_1" } },
  },
  {
    name: "an invitation told by its object",
    type: "future.thing",
    data: { object: "invitation", url: "https://a.test/x" },
    kept: { object: "invitation" },
  },
  {
    name: "a ticket in a link",
    type: "future.thing",
    data: { link: "https://a.test/accept?x=1&__clerk_ticket=eyJ" },
    kept: {},
  },
  {
    name: "a ticket in a list of links",
    type: "future.thing",
    data: { links: ["https://a.test/?ticket=eyJ", "https://a.test/help"] },
    kept: { links: ["https://a.test/help"] },
  },
  {
    name: "a code deep in lists",
    type: "future.thing",
    data: { a: [[{ otp_code: "123456", id: 1 }]] },
    kept: { a: [[{ id: 1 }]] },
  },
  {
    name: "a bare token",
    type: "session.created",
    data: { id: "sess_1", token: "eyJ", ticket: "eyJ", magic_link: "https:" },
    kept: { id: "sess_1" },
  },
];

for (const { name, type, data, kept } of HIDDEN) {
  Deno.test(`removeSecrets() finds ${name}`, () => {
    assertEquals(removeSecrets(type, data), kept);
  });
}

Deno.test("removeSecrets() keeps links that hold no ticket", () => {
  const data = { url: "https://a.test/welcome?page=2", n: null, ok: true };
  assertEquals(removeSecrets("future.thing", data), data);
});

Deno.test("removeSecrets() keeps `__proto__` an own key", () => {
  const data = JSON.parse('{"__proto__":{"isAdmin":true}}');
  const kept = removeSecrets("future.thing", data);
  assert(Object.hasOwn(kept, "__proto__"));
  assertStrictEquals(Object.getPrototypeOf(kept), Object.prototype);
});
