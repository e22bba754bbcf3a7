/**
 * Step ① of the path: takes Clerk's webhooks.
 *
 * It answers 2xx only after Inngest has durably taken the event, and writes
 * nothing itself. Every other answer makes Svix try again; what was refused for
 * its signature or shape is noted in the quarantine, once it has been answered.
 */
import { parseEnvelope } from "../../../lib/clerk/parse_envelope.ts";
import { readBody } from "../../../lib/clerk/read_body.ts";
import { toInngestEvent } from "../../../lib/clerk/to_inngest_event.ts";
import { define } from "../../../lib/define.ts";
import { EventNotTakenError } from "../../../lib/inngest/event_sender.ts";
import { problemResponse } from "../../../lib/problem.ts";
import type { Services } from "../../../lib/services.ts";
import { logger } from "../../../lib/telemetry/log.ts";

/** Clerk's largest known payload is 28 KB; Inngest takes 3 MiB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Soon enough for Svix's second attempt, which comes after 5 s. */
const RETRY_AFTER = { "retry-after": "5" };

const log = logger("webhooks");

export const handler = define.handlers(async (ctx) => {
  const { services } = ctx.state;
  const startedMs = performance.now();
  const response = await admitWebhook(ctx.req, services);
  services.metrics.webhooks.inc({ status: response.status });
  services.metrics.webhookSeconds.observe(
    (performance.now() - startedMs) / 1000,
  );
  return response;
});

async function admitWebhook(
  request: Request,
  services: Services,
): Promise<Response> {
  if (request.method !== "POST") {
    return problemResponse({
      status: 405,
      code: "method-not-allowed",
      detail: "Cannot take webhook: the method is not POST",
      headers: { allow: "POST" },
    });
  }
  const declaredBytes = Number(
    request.headers.get("content-length") ?? MAX_BODY_BYTES,
  );
  if (declaredBytes > MAX_BODY_BYTES) return tooLarge();
  using room = services.admission.enter(declaredBytes);
  if (room === null) {
    return unavailable(
      "overloaded",
      "Cannot take webhook: too many are being handled",
    );
  }
  try {
    return await takeWebhook(request, services);
  } catch (error) {
    log.error("Webhook not taken", { error: String(error) });
    return error instanceof EventNotTakenError
      ? unavailable(
        error.code,
        "Cannot take webhook: Inngest does not take events",
      )
      : unavailable(
        "not-taken",
        "Cannot take webhook: the request broke off or a part failed",
      );
  }
}

async function takeWebhook(
  request: Request,
  services: Services,
): Promise<Response> {
  if (services.config.clerk.webhookSecrets.length === 0) {
    return unavailable(
      "no-secret",
      "Cannot verify webhook: CLERK_WEBHOOK_SIGNING_SECRET is not set",
    );
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body.kind === "too-large") return tooLarge();
  const verification = services.verifyWebhook(request.headers, body.text);
  if (verification.kind === "rejected") {
    const { reason, detail } = verification;
    const refusal = { status: 400, code: reason, detail };
    return refuse(services, request.headers, body.text, refusal);
  }
  const parsed = parseEnvelope(body.text);
  if (parsed.kind === "unprocessable") {
    const { reason, detail } = parsed;
    const refusal = { status: 422, code: reason, detail };
    return refuse(services, request.headers, body.text, refusal);
  }
  const event = toInngestEvent(
    parsed.envelope,
    verification,
    services.clock.now(),
  );
  await services.sender.send(event, body.text.length);
  return new Response(null, { status: 202 });
}

function refuse(
  services: Services,
  headers: Headers,
  body: string,
  refusal: { status: number; code: string; detail: string },
): Response {
  const { status, code } = refusal;
  services.quarantine.add({ reason: code, status, headers, body });
  return problemResponse(refusal);
}

function tooLarge(): Response {
  return problemResponse({
    status: 413,
    code: "body-too-large",
    detail:
      `Cannot take webhook: the body has more than ${MAX_BODY_BYTES} bytes`,
  });
}

function unavailable(code: string, detail: string): Response {
  return problemResponse({ status: 503, code, detail, headers: RETRY_AFTER });
}
