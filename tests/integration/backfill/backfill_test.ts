/** backfill-users through the embedded engine, on a simulated Clerk. */
import { assert, assertEquals } from "@std/assert";
import { backfillUsers } from "../../../functions/backfill_users.ts";
import {
  beginBackfill,
  controlJob,
  createBackfill,
} from "../../../functions/control_job.ts";
import { BACKFILL_REQUESTED } from "../../../lib/requests.ts";
import type { LiveMessage } from "../../../lib/live_feed.ts";
import type { Services } from "../../../lib/services.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

const PAGE_SIZE = 50;
const USERS = 5 * PAGE_SIZE;

/** A production key, for Clerk's wider rate limit. */
function serveClerk(): FakeClerk {
  return new FakeClerk({
    users: USERS,
    rateLimit: 100_000,
    secretKey: "sk_live_simulated_instance",
  });
}

function openWith(
  clerk: FakeClerk,
  options: { readonly pagesARun?: number } = {},
) {
  return openRollcall(
    {
      CLERK_SECRET_KEY: clerk.secretKey,
      CLERK_API_URL: clerk.url,
      CLERK_API_SHARE: "100",
    },
    {
      createFunctions: (deps) => [
        backfillUsers(deps, { pageSize: PAGE_SIZE, ...options }),
      ],
    },
  );
}

/** Calls back at each message of a job's progress. */
function onProgress(
  { feed }: Services,
  hear: (message: Extract<LiveMessage, { kind: "job-progressed" }>) => void,
): Disposable {
  return feed.subscribe({
    next: (message) => {
      if (message.kind === "job-progressed") hear(message);
    },
    end: () => {},
  });
}

async function begin(services: Services): Promise<string> {
  const answer = await beginBackfill(services, "tester");
  assert(answer.kind === "begun");
  return answer.jobId;
}

Deno.test("backfill-users imports everybody in chained runs, and tells open pages", async () => {
  await using clerk = serveClerk();
  await using rollcall = await openWith(clerk, { pagesARun: 2 });
  const { services, services: { store } } = rollcall;
  const heard: string[] = [];
  using _listener = onProgress(services, ({ jobId }) => heard.push(jobId));
  const jobId = await begin(services);
  const results = [];
  for (let run = 0; run < 3; run++) {
    results.push((await rollcall.ended("backfill-users")).result);
  }
  assertEquals(results, [
    { jobId, state: "running" },
    { jobId, state: "running" },
    { jobId, state: "done", done: USERS },
  ]);
  assertEquals(await store.users.documents.countDocuments(), USERS);
  const job = await store.jobs.read(jobId);
  assertEquals(
    [job?.state, job?.total, job?.done, job?.counts],
    ["done", USERS, USERS, { added: USERS }],
  );
  assert(heard.length > 5 && heard.every((id) => id === jobId));
  // No event of Clerk's was made up: nothing for automations to hear.
  assertEquals(await store.webhookEvents.documents.countDocuments(), 0);
});

Deno.test("backfill-users stops at a pause and goes on where it was", async () => {
  await using clerk = serveClerk();
  await using rollcall = await openWith(clerk);
  const { services, services: { store } } = rollcall;
  let pausing: Promise<boolean> | undefined;
  {
    using _listener = onProgress(services, ({ jobId }) => {
      pausing ??= store.jobs.pause(jobId, services.clock.now());
    });
    await begin(services);
    await rollcall.ended("backfill-users");
  }
  assert(await pausing);
  const paused = await store.jobs.readLatest("backfill");
  assert(paused !== null);
  assertEquals(paused.state, "paused");
  assert(paused.done < USERS);
  assertEquals(await beginBackfill(services, "tester"), {
    kind: "refused",
    open: paused,
  });

  assert(await controlJob(services, paused, "resume"));
  await rollcall.ended("backfill-users");
  const job = await store.jobs.read(paused._id);
  assertEquals([job?.state, job?.done], ["done", USERS]);
  assertEquals(await store.users.documents.countDocuments(), USERS);
});

Deno.test("backfill-users stops for good when it is cancelled", async () => {
  await using clerk = serveClerk();
  await using rollcall = await openWith(clerk);
  const { services, services: { store } } = rollcall;
  using _listener = onProgress(services, ({ jobId }) => {
    void store.jobs.cancel(jobId, services.clock.now());
  });
  await begin(services);
  await rollcall.ended("backfill-users");
  const job = await store.jobs.readLatest("backfill");
  assert(job !== null);
  assertEquals(job.state, "cancelled");
  assert(job.done < USERS);
  assertEquals(await controlJob(services, job, "resume"), false);
});

Deno.test("backfill-users goes on with a job whose run was lost, when somebody resumes it", async () => {
  await using clerk = serveClerk();
  await using rollcall = await openWith(clerk);
  const { services, services: { store } } = rollcall;
  const lost = { jobId: "job_lost", actor: "tester" };
  assert(await createBackfill(services, lost));
  const job = await store.jobs.read("job_lost");
  assert(job?.state === "running");
  assert(await controlJob(services, job, "resume"));
  const { result } = await rollcall.ended("backfill-users");
  assertEquals(result, { jobId: "job_lost", state: "done", done: USERS });
});

Deno.test("backfill-users makes a job for an event that somebody sends by hand", async () => {
  await using clerk = serveClerk();
  await using rollcall = await openWith(clerk);
  const { services: { inngest, store } } = rollcall;
  await inngest.send({
    id: "by-hand",
    name: BACKFILL_REQUESTED,
    data: { actor: "somebody" },
  });
  const { result } = await rollcall.ended("backfill-users");
  assertEquals(result, { jobId: "by-hand", state: "done", done: USERS });
  assertEquals((await store.jobs.read("by-hand"))?.actor, "somebody");
});

Deno.test("backfill-users fails its job, and says why, without a key", async () => {
  await using rollcall = await openRollcall();
  const { services, services: { store } } = rollcall;
  const failed = Promise.withResolvers<void>();
  using _listener = onProgress(services, ({ state }) => {
    if (state === "failed") failed.resolve();
  });
  const jobId = await begin(services);
  await rollcall.ended("backfill-users");
  await failed.promise;
  const job = await store.jobs.read(jobId);
  assertEquals([job?.state, job?.error], [
    "failed",
    "Cannot import users: CLERK_SECRET_KEY is not set",
  ]);
});

Deno.test("beginBackfill() leaves a failed job when Inngest does not take the event", async () => {
  await using rollcall = await openRollcall();
  const { services } = rollcall;
  const inngest = { send: () => Promise.reject(new Error("it is down")) };
  let refused: unknown;
  await beginBackfill({ ...services, inngest }, "tester").catch((error) => {
    refused = error;
  });
  assertEquals(
    String(refused),
    "EventNotTakenError: Cannot hand event to Inngest: it does not take the request",
  );
  const job = await services.store.jobs.readLatest("backfill");
  assertEquals([job?.state, job?.error], [
    "failed",
    "Inngest does not take the event",
  ]);
});
