import { assert, assertEquals, assertRejects } from "@std/assert";
import { Webhook } from "svix";
import {
  createWebhookVerifier,
  fingerprintSecret,
  type VerifyWebhook,
} from "./verify_webhook.ts";

const SECRET = `whsec_${btoa("a".repeat(32))}`;
const OTHER_SECRET = `whsec_${btoa("b".repeat(32))}`;
const BODY = '{"type":"user.created","data":{"first_name":"Zoë \\u0026 co"}}';
const ID = "msg_2abc";

interface Signing {
  readonly secret?: string;
  readonly body?: string;
  readonly prefix?: "svix" | "webhook";
  /** Age of the attempt, seconds. */
  readonly ageS?: number;
}

function sign(signing: Signing = {}): Headers {
  const { secret = SECRET, body = BODY, prefix = "svix", ageS = 0 } = signing;
  const attemptS = Math.floor(Date.now() / 1000) - ageS;
  const at = new Date(attemptS * 1000);
  return new Headers({
    [`${prefix}-id`]: ID,
    [`${prefix}-timestamp`]: String(attemptS),
    [`${prefix}-signature`]: new Webhook(secret).sign(ID, at, body),
  });
}

function changed(headers: Headers, name: string, value: string): Headers {
  const copy = new Headers(headers);
  copy.set(name, value);
  return copy;
}

function without(headers: Headers, name: string): Headers {
  const copy = new Headers(headers);
  copy.delete(name);
  return copy;
}

function signatureOf(headers: Headers): string {
  return headers.get("svix-signature") ?? "";
}

/** Stops the clock that svix reads, so that a limit can be hit exactly. */
function stopClock(): Disposable {
  const original = Date.now;
  const nowMs = original();
  Date.now = () => nowMs;
  return { [Symbol.dispose]: () => void (Date.now = original) };
}

const verify: VerifyWebhook = await createWebhookVerifier([SECRET]);

const GENUINE: readonly [string, () => Headers, string?][] = [
  ["the svix-* headers", () => sign()],
  ["the webhook-* headers", () => sign({ prefix: "webhook" })],
  [
    "the svix-* headers when both kinds are there",
    () => {
      const headers = sign();
      for (const name of ["id", "timestamp", "signature"]) {
        headers.set(`webhook-${name}`, "nonsense");
      }
      return headers;
    },
  ],
  [
    "one signature among several",
    () => {
      const foreign = signatureOf(sign({ secret: OTHER_SECRET }));
      const own = signatureOf(sign());
      return changed(sign(), "svix-signature", `v1a,xyz ${foreign} ${own}`);
    },
  ],
  ["an empty body", () => sign({ body: "" }), ""],
  ["a body that is not JSON", () => sign({ body: "{" }), "{"],
  ["a body that is JSON null", () => sign({ body: "null" }), "null"],
  [
    "a body with a byte-order mark",
    () => sign({ body: "\ufeff{}" }),
    "\ufeff{}",
  ],
];

for (const [name, headers, body = BODY] of GENUINE) {
  Deno.test(`verifyWebhook() takes ${name}`, () => {
    const verification = verify(headers(), body);
    assert(verification.kind === "verified");
    assertEquals(verification.id, ID);
  });
}

const FORGED: readonly {
  readonly name: string;
  readonly headers: () => Headers;
  readonly body?: string;
  readonly reason: "missing-header" | "stale-timestamp" | "bad-signature";
}[] = [
  {
    name: "no headers at all",
    headers: () => new Headers(),
    reason: "missing-header",
  },
  ...["id", "timestamp", "signature"].map((part) => ({
    name: `no svix-${part}`,
    headers: () => without(sign(), `svix-${part}`),
    reason: "missing-header" as const,
  })),
  {
    name: "an empty svix-id",
    headers: () => changed(sign(), "svix-id", ""),
    reason: "missing-header",
  },
  {
    name: "a body that differs in one byte",
    headers: () => sign(),
    body: BODY.replace("Zoë", "Zoe"),
    reason: "bad-signature",
  },
  {
    name: "the same JSON in other bytes",
    headers: () => sign(),
    body: JSON.stringify(JSON.parse(BODY)),
    reason: "bad-signature",
  },
  {
    name: "another id",
    headers: () => changed(sign(), "svix-id", "msg_other"),
    reason: "bad-signature",
  },
  {
    name: "another timestamp",
    headers: () =>
      changed(sign({ ageS: 60 }), "svix-timestamp", String(nowS())),
    reason: "bad-signature",
  },
  {
    name: "a timestamp that is no number",
    headers: () => changed(sign(), "svix-timestamp", "yesterday"),
    reason: "bad-signature",
  },
  {
    name: "another secret",
    headers: () => sign({ secret: OTHER_SECRET }),
    reason: "bad-signature",
  },
  {
    name: "a signature without its version",
    headers: () => {
      const headers = sign();
      const bare = signatureOf(headers).slice("v1,".length);
      return changed(headers, "svix-signature", bare);
    },
    reason: "bad-signature",
  },
  {
    name: "a signature under the asymmetric version",
    headers: () => {
      const headers = sign();
      const renamed = signatureOf(headers).replace("v1,", "v1a,");
      return changed(headers, "svix-signature", renamed);
    },
    reason: "bad-signature",
  },
  {
    name: "a version without a signature",
    headers: () => changed(sign(), "svix-signature", "v1 v1,"),
    reason: "bad-signature",
  },
];

for (const { name, headers, body = BODY, reason } of FORGED) {
  Deno.test(`verifyWebhook() rejects ${name}`, () => {
    const verification = verify(headers(), body);
    assert(verification.kind === "rejected");
    assertEquals(verification.reason, reason);
  });
}

for (
  const [ageS, expected] of [
    [300, "verified"],
    [-300, "verified"],
    [301, "stale-timestamp"],
    [-301, "stale-timestamp"],
  ] as const
) {
  Deno.test(`verifyWebhook() answers an attempt ${ageS} s old with ${expected}`, () => {
    using _ = stopClock();
    const verification = verify(sign({ ageS }), BODY);
    assertEquals(
      verification.kind === "rejected"
        ? verification.reason
        : verification.kind,
      expected,
    );
  });
}

Deno.test("verifyWebhook() tells when the attempt was made", () => {
  const headers = sign({ ageS: 10 });
  const verification = verify(headers, BODY);
  assert(verification.kind === "verified");
  assertEquals(
    verification.attemptedAt,
    new Date(Number(headers.get("svix-timestamp")) * 1000),
  );
});

Deno.test("verifyWebhook() takes any of several secrets and tells which", async () => {
  const rotating = await createWebhookVerifier([OTHER_SECRET, SECRET]);
  for (const secret of [SECRET, OTHER_SECRET]) {
    const verification = rotating(sign({ secret }), BODY);
    assert(verification.kind === "verified");
    assertEquals(verification.secret, await fingerprintSecret(secret));
  }
});

Deno.test("verifyWebhook() calls an old attempt stale with several secrets too", async () => {
  const rotating = await createWebhookVerifier([OTHER_SECRET, SECRET]);
  const verification = rotating(sign({ ageS: 400 }), BODY);
  assert(verification.kind === "rejected");
  assertEquals(verification.reason, "stale-timestamp");
});

Deno.test("verifyWebhook() rejects everything without a secret", async () => {
  const closed = await createWebhookVerifier([]);
  const verification = closed(sign(), BODY);
  assert(verification.kind === "rejected");
  assertEquals(verification.reason, "bad-signature");
});

Deno.test("createWebhookVerifier() refuses a secret that is not base64", async () => {
  await assertRejects(() => createWebhookVerifier(["whsec_?"]), Error);
});

Deno.test("verifyWebhook() explains a rejection without anything it was given", () => {
  for (const { headers, body = BODY } of FORGED) {
    const given = headers();
    const verification = verify(given, body);
    assert(verification.kind === "rejected");
    for (const value of [...given.values(), SECRET, body]) {
      assert(value === "" || !verification.detail.includes(value));
    }
  }
});

Deno.test("fingerprintSecret() is the start of the SHA-256", async () => {
  // `printf abc | sha256sum`
  assertEquals(await fingerprintSecret("abc"), "ba7816bf");
});

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
