/** A key that Clerk refuses ends what asks Clerk at once: no retry changes it. */
import { assert, assertEquals } from "@std/assert";
import { beginBackfill } from "../../../functions/control_job.ts";
import { SCAN_REQUESTED } from "../../../lib/requests.ts";
import type { LiveMessage } from "../../../lib/live_feed.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import {
  type OpenRollcall,
  openRollcall,
} from "../../support/open_rollcall.ts";

const REFUSAL =
  /Clerk answers 401 clerk_key_invalid, CLERK_SECRET_KEY is wrong or was revoked/;

/** All services with a key that was revoked; retries come at once. */
function openRevoked(clerk: FakeClerk): Promise<OpenRollcall> {
  const env = {
    CLERK_API_URL: clerk.url,
    CLERK_SECRET_KEY: "sk_test_revoked_instance",
  };
  return openRollcall(env, { engine: { retryIntervalMs: 0 } });
}

/** Resolves with the first message that is meant. */
async function hear(
  { services: { feed } }: OpenRollcall,
  isMeant: (message: LiveMessage) => boolean,
  act: () => Promise<unknown>,
): Promise<void> {
  const heard = Promise.withResolvers<void>();
  using _listener = feed.subscribe({
    next: (message) => isMeant(message) && heard.resolve(),
    end: () => heard.reject(new Error("Cannot wait longer: the feed ended")),
  });
  await act();
  await heard.promise;
}

Deno.test("scan-drift ends at once, with the reason, when Clerk refuses the key", async () => {
  await using clerk = new FakeClerk({ users: 60 });
  await using rollcall = await openRevoked(clerk);
  const { store, inngest } = rollcall.services;
  await hear(
    rollcall,
    ({ kind }) => kind === "scan-ended",
    () => inngest.send({ name: SCAN_REQUESTED, data: {} }),
  );
  const { attempt } = await store.drift.readLatest();
  assertEquals(attempt?.state, "failed");
  assert(REFUSAL.test(attempt?.reason ?? ""), `${attempt?.reason}`);
  assertEquals(clerk.requests.length, 1);
});

Deno.test("backfill-users fails its job at once, with the reason, when Clerk refuses the key", async () => {
  await using clerk = new FakeClerk({ users: 60 });
  await using rollcall = await openRevoked(clerk);
  const { services, services: { store } } = rollcall;
  await hear(
    rollcall,
    (message) =>
      message.kind === "job-progressed" && message.state === "failed",
    () => beginBackfill(services, "tester"),
  );
  const job = await store.jobs.readLatest("backfill");
  assertEquals(job?.state, "failed");
  assert(REFUSAL.test(job?.error ?? ""), `${job?.error}`);
  assertEquals(clerk.requests.length, 1);
});
