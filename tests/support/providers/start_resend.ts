/**
 * Resend for tests, over HTTP: takes e-mails, checks keys and fields as the real
 * one does, and knows idempotency keys for 24 hours of its own clock.
 *
 * Only `POST /emails`. Source: Resend's API reference, "Send email", "Idempotency
 * keys" and "Errors".
 */
import {
  type FakeProvider,
  type SeenCall,
  startFakeProvider,
} from "./fake_provider.ts";

/** A message that was sent. */
export interface SentEmail {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly reply_to?: string;
  readonly headers?: Record<string, string>;
}

/** The fake and what it sent. */
export interface FakeResend extends FakeProvider {
  readonly apiKey: string;
  /** Each message that left, in order; a repeated key adds none. */
  readonly sent: readonly SentEmail[];
}

/** Resend forgets a key after this. */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * Starts the fake.
 *
 * @param now Its clock, ms, for idempotency keys.
 * @returns The running fake.
 */
export function startResend(now: () => number = Date.now): FakeResend {
  const apiKey = "re_test_key";
  const sent: SentEmail[] = [];
  const keys = new Map<string, { body: string; id: string; until: number }>();

  function answer(call: SeenCall): Response {
    const problem = findProblem(call, apiKey);
    if (problem !== undefined) return problem;
    const key = call.headers.get("idempotency-key");
    const known = key === null ? undefined : keys.get(key);
    if (known !== undefined && known.until > now()) {
      return known.body === call.body
        ? Response.json({ id: known.id })
        : refuse(409, "invalid_idempotent_request");
    }
    const id = crypto.randomUUID();
    sent.push({ ...JSON.parse(call.body), id });
    const until = now() + KEY_LIFETIME_MS;
    if (key !== null) keys.set(key, { body: call.body, id, until });
    return Response.json({ id });
  }

  return { ...startFakeProvider(answer), apiKey, sent };
}

function findProblem(
  { method, url, headers, body }: SeenCall,
  apiKey: string,
): Response | undefined {
  const authorization = headers.get("authorization");
  if (authorization === null) return refuse(401, "missing_api_key");
  if (authorization !== `Bearer ${apiKey}`) {
    return refuse(403, "invalid_api_key");
  }
  if (url.pathname !== "/emails") return refuse(404, "not_found");
  if (method !== "POST") return refuse(405, "method_not_allowed");
  const key = headers.get("idempotency-key");
  if (key !== null && (key.length < 1 || key.length > 256)) {
    return refuse(400, "invalid_idempotency_key");
  }
  const email = JSON.parse(body);
  if (["from", "to", "subject"].some((field) => !email[field])) {
    return refuse(422, "missing_required_field");
  }
  const addresses = [email.to].flat();
  if (!addresses.every((to) => /^[^@\s]+@[^@\s]+$|<.+@.+>$/.test(to))) {
    return refuse(422, "validation_error");
  }
  return undefined;
}

function refuse(statusCode: number, name: string): Response {
  // The real text quotes what it was given, which must not reach a log.
  const message = `The request of somebody@example.com was refused: ${name}`;
  return Response.json({ statusCode, name, message }, { status: statusCode });
}
