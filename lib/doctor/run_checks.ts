/**
 * The checks of `deno task doctor` and of the system page, in the order of the
 * path of an event.
 *
 * They speak to the running service over HTTP, as Clerk and browsers do, and to
 * its database only to see what has arrived there.
 */
import { createClerkApiClient } from "../clerk/clerk_api_client.ts";
import { createClerkRateLimiter } from "../clerk/rate_limiter.ts";
import { signedHeaders } from "../clerk/signed_headers.ts";
import type { Config } from "../config.ts";
import { mongoUriOf } from "../parts/mongo_part.ts";
import { WATCH_ALERTS } from "../store/heartbeats.ts";
import { openStore, type Store } from "../store/store.ts";
import { checkAlerts } from "./check_alerts.ts";

/** What one check found; the detail says what to do when it failed. */
export interface CheckResult {
  readonly kind: "ok" | "failed" | "skipped";
  readonly detail: string;
}

/** A check's name beside its result. */
export interface NamedResult {
  readonly name: string;
  readonly result: CheckResult;
}

const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 200;

const ok = (detail: string): CheckResult => ({ kind: "ok", detail });
const failed = (detail: string): CheckResult => ({ kind: "failed", detail });
const skipped = (detail: string): CheckResult => ({ kind: "skipped", detail });

/**
 * Runs all checks, one after the other.
 *
 * @param config The settings of the service that is checked.
 * @param origin Where it serves.
 * @returns The results as they come; a check never throws.
 */
export async function* runChecks(
  config: Config,
  origin: string,
): AsyncGenerator<NamedResult> {
  const checks: [string, () => Promise<CheckResult>][] = [
    ["service", () => checkHealth(origin)],
    ["MongoDB and Inngest", () => checkReady(origin)],
    ["forged webhook", () => checkForged(origin)],
    ["signed webhook", () => checkProbe(origin, config)],
    ["alerts", () => checkWatch(config)],
    ["Clerk's Backend API", () => checkClerk(config)],
  ];
  for (const [name, check] of checks) {
    yield {
      name,
      result: await check().catch((error) => failed(explain(error, origin))),
    };
  }
}

async function checkHealth(origin: string): Promise<CheckResult> {
  const response = await ask(`${origin}/health`);
  await response.body?.cancel();
  return response.ok
    ? ok(`${origin} answers`)
    : failed(`${origin}/health answers ${response.status}`);
}

async function checkReady(origin: string): Promise<CheckResult> {
  const response = await ask(`${origin}/ready`);
  const text = await response.text();
  return response.ok ? ok(text) : failed(`not ready, see ${text}`);
}

async function checkForged(origin: string): Promise<CheckResult> {
  const status = await postSigned(origin, {
    id: "msg_forged",
    body: "{}",
    secret: `whsec_${btoa("forged".repeat(6))}`,
  });
  if (status === 503) return skipped("CLERK_WEBHOOK_SIGNING_SECRET is not set");
  return status === 400
    ? ok("refused, as it must be")
    : failed(`answered ${status} instead of 400`);
}

async function checkProbe(
  origin: string,
  config: Config,
): Promise<CheckResult> {
  const [secret] = config.clerk.webhookSecrets;
  if (secret === undefined) {
    return skipped(
      "set CLERK_WEBHOOK_SIGNING_SECRET; Clerk's dashboard shows it beside the endpoint",
    );
  }
  const id = `msg_probe_${crypto.randomUUID()}`;
  const startedMs = performance.now();
  const body = JSON.stringify({
    type: "rollcall.probe",
    object: "event",
    data: { id },
    timestamp: Date.now(),
    instance_id: config.clerk.instanceId,
  });
  const status = await postSigned(origin, { id, body, secret });
  if (status !== 202) {
    return failed(
      `answered ${status} instead of 202: does the service have the same CLERK_WEBHOOK_SIGNING_SECRET?`,
    );
  }
  const acceptedMs = performance.now() - startedMs;
  if (!await waitForRecord(config, id)) {
    return failed(
      `taken, but not recorded within ${
        TIMEOUT_MS / 1000
      } s: was the app synced in Inngest, and does Inngest reach ${origin}/api/inngest?`,
    );
  }
  const recordedMs = performance.now() - startedMs;
  return ok(
    `taken after ${acceptedMs.toFixed(0)} ms, recorded after ${
      recordedMs.toFixed(0)
    } ms`,
  );
}

async function checkWatch(config: Config): Promise<CheckResult> {
  await using store = openStoreOf(config);
  return checkAlerts({
    heartbeat: await store.heartbeats.read(WATCH_ALERTS),
    places: config.alerts,
    now: new Date(),
  });
}

function openStoreOf(config: Config): Store {
  const { database } = config.mongo;
  return openStore({ uri: mongoUriOf(config), database });
}

async function waitForRecord(config: Config, id: string): Promise<boolean> {
  await using store = openStoreOf(config);
  const deadlineMs = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    if (await store.webhookEvents.documents.findOne({ _id: id })) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

async function checkClerk({ clerk }: Config): Promise<CheckResult> {
  const { secretKey, apiUrl } = clerk;
  if (secretKey === undefined) {
    return skipped(
      "set CLERK_SECRET_KEY, and drift can be found and missing parents fetched",
    );
  }
  const limiter = createClerkRateLimiter({ secretKey });
  const client = createClerkApiClient({
    apiUrl,
    secretKey,
    limiter,
    maxAttempts: 2,
    timeoutMs: TIMEOUT_MS,
  });
  return ok(`${await client.countUsers()} users`);
}

async function postSigned(
  origin: string,
  webhook: {
    readonly id: string;
    readonly body: string;
    readonly secret: string;
  },
): Promise<number> {
  const { id, body, secret } = webhook;
  const response = await ask(`${origin}/api/webhooks/clerk`, {
    method: "POST",
    headers: signedHeaders(body, { id, secret, at: new Date() }),
    body,
  });
  await response.body?.cancel();
  return response.status;
}

function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function explain(error: unknown, origin: string): string {
  // fetch() throws a TypeError when there was no answer at all.
  if (error instanceof TypeError) {
    return `nothing answers at ${origin}: start it with deno task start`;
  }
  return error instanceof Error ? error.message : String(error);
}
