import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  createMailer,
  type OutgoingEmail,
} from "../../../lib/providers/mailer.ts";
import { ProviderError } from "../../../lib/providers/provider_error.ts";
import type { Failure } from "../../support/providers/fake_provider.ts";
import {
  type FakeResend,
  startResend,
} from "../../support/providers/start_resend.ts";

const FROM = "Rollcall <hello@example.com>";
const EMAIL: OutgoingEmail = {
  to: "ada@example.com",
  subject: "Welcome",
  html: "<p>Welcome</p>",
  text: "Welcome",
  idempotencyKey: "send-welcome-email:user_1",
};

function mailerOf(resend: FakeResend, options: { timeoutMs?: number } = {}) {
  const { apiKey, url: baseUrl } = resend;
  return createMailer({ apiKey, from: FROM, baseUrl, ...options });
}

async function failureOf(sending: Promise<unknown>): Promise<ProviderError> {
  return await assertRejects(() => sending, ProviderError);
}

Deno.test("createMailer() sends the message as it is, from the sender", async () => {
  await using resend = startResend();
  const headers = { "List-Unsubscribe": "<mailto:hello@example.com>" };
  const replyTo = "help@example.com";
  const { id } = await mailerOf(resend).send({ ...EMAIL, headers, replyTo });
  const { idempotencyKey, ...message } = EMAIL;
  assertEquals(resend.sent, [
    { ...message, from: FROM, headers, reply_to: replyTo, id },
  ]);
  assertEquals(
    resend.calls[0]?.headers.get("idempotency-key"),
    idempotencyKey,
  );
});

Deno.test("createMailer() gets the first id again when the answer was lost", async () => {
  await using resend = startResend();
  const mailer = mailerOf(resend);
  resend.failNext({ kind: "lose-answer" });
  const lost = await failureOf(mailer.send(EMAIL));
  assertEquals(lost.retryable, true);
  const { id } = await mailer.send(EMAIL);
  assertEquals(resend.sent.map((email) => email.id), [id]);
});

Deno.test("createMailer() says whether retrying helps", async (t) => {
  const page = (status: number): Failure => ({ kind: "refuse", status });
  const named = (status: number, name: string): Failure => ({
    kind: "refuse",
    status,
    body: { statusCode: status, name, message: "ada@example.com" },
  });
  const cases: [string, Failure, boolean][] = [
    ["500", named(500, "internal_server_error"), true],
    ["an edge's page with 502", page(502), true],
    ["an edge's JSON", { kind: "refuse", status: 503, body: {} }, true],
    ["a body of null", { kind: "refuse", status: 503, body: null }, true],
    ["200 without an id", { kind: "refuse", status: 200, body: {} }, true],
    ["429", named(429, "rate_limit_exceeded"), true],
    ["429 for the day", named(429, "daily_quota_exceeded"), true],
    ["409 in progress", named(409, "concurrent_idempotent_requests"), true],
    ["409 of another body", named(409, "invalid_idempotent_request"), false],
    ["401", named(401, "missing_api_key"), false],
    ["403", named(403, "invalid_api_key"), false],
    ["422", named(422, "validation_error"), false],
    ["an edge's page with 404", page(404), false],
  ];
  await using resend = startResend();
  const mailer = mailerOf(resend);
  for (const [what, failure, retryable] of cases) {
    await t.step(what, async () => {
      resend.failNext(failure);
      const error = await failureOf(mailer.send(EMAIL));
      assertEquals(error.retryable, retryable, error.message);
    });
  }
});

Deno.test("createMailer() calls an unreachable Resend retryable", async () => {
  const resend = startResend();
  await resend[Symbol.asyncDispose]();
  const error = await failureOf(mailerOf(resend).send(EMAIL));
  assertEquals(error.retryable, true);
  assertEquals(error.providerStatus, undefined);
});

Deno.test("createMailer() gives up on an answer that does not come", async () => {
  await using resend = startResend();
  resend.failNext({ kind: "hang" });
  const error = await failureOf(
    mailerOf(resend, { timeoutMs: 50 }).send(EMAIL),
  );
  assertEquals(error.retryable, true);
});

Deno.test("createMailer() hands on how long Resend wants to be left alone", async () => {
  await using resend = startResend();
  resend.failNext({
    kind: "refuse",
    status: 429,
    body: { statusCode: 429, name: "rate_limit_exceeded", message: "" },
    headers: { "retry-after": "3" },
  });
  const error = await failureOf(mailerOf(resend).send(EMAIL));
  assertEquals(error.retryAfterMs, 3000);
  assertStringIncludes(error.message, "Resend answers 429 rate_limit_exceeded");
});

Deno.test("createMailer() keeps what Resend quotes out of the error", async () => {
  await using resend = startResend();
  const error = await failureOf(
    mailerOf(resend).send({ ...EMAIL, to: "nowhere" }),
  );
  assertEquals(
    [error.message, error.code],
    [
      "Cannot send an e-mail: Resend answers 422 validation_error",
      "resend-validation-error",
    ],
  );
});
