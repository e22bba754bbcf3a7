/** A key that Clerk refuses ends what asks Clerk at once: no retry changes it. */
import { assert, assertEquals } from "@std/assert";
import { beginBackfill } from "../../../functions/control_job.ts";
import { SCAN_REQUESTED } from "../../../lib/requests.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { hearNext } from "../../support/hear_next.ts";
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

Deno.test("scan-drift ends at once, with the reason, when Clerk refuses the key", async () => {
  await using clerk = new FakeClerk({ users: 60 });
  await using rollcall = await openRevoked(clerk);
  const { store, inngest, feed } = rollcall.services;
  await hearNext(feed, {
    kind: "scan-ended",
    act: () => inngest.send({ name: SCAN_REQUESTED, data: {} }),
  });
  const { attempt } = await store.drift.readLatest();
  assertEquals(attempt?.state, "failed");
  assert(REFUSAL.test(attempt?.reason ?? ""), `${attempt?.reason}`);
  assertEquals(clerk.requests.length, 1);
});

Deno.test("backfill-users fails its job at once, with the reason, when Clerk refuses the key", async () => {
  await using clerk = new FakeClerk({ users: 60 });
  await using rollcall = await openRevoked(clerk);
  const { services, services: { store } } = rollcall;
  await hearNext(services.feed, {
    kind: "job-progressed",
    isMeant: ({ state }) => state === "failed",
    act: () => beginBackfill(services, "tester"),
  });
  const job = await store.jobs.readLatest("backfill");
  assertEquals(job?.state, "failed");
  assert(REFUSAL.test(job?.error ?? ""), `${job?.error}`);
  assertEquals(clerk.requests.length, 1);
});
