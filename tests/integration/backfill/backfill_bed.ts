/** A simulated Clerk and an empty store, with the portions of an import at hand. */
import {
  advanceBackfill,
  type BackfillDependencies,
  prepareBackfill,
} from "../../../functions/backfill_steps.ts";
import { createBackfill } from "../../../functions/control_job.ts";
import type { ClerkApiClient } from "../../../lib/clerk/clerk_api_client.ts";
import { readConfig } from "../../../lib/config.ts";
import { type ClerkUser, clerkUser } from "../../../lib/events.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import {
  type ClerkApiOptions,
  FakeClerk,
} from "../../support/clerk_api/start_clerk_api.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

/** What an import needs, and its job. */
export interface BackfillBed extends AsyncDisposable, TestStore {
  readonly clerk: FakeClerk;
  readonly clock: ManualClock;
  readonly deps: BackfillDependencies & { readonly clerkApi: ClerkApiClient };
  readonly jobId: string;
  /** Does one portion. */
  advance(): ReturnType<typeof advanceBackfill>;
  /** Does all portions that are left. */
  finish(): Promise<JobDocument>;
  /** The job as it stands. */
  job(): Promise<JobDocument>;
}

/** Users in a portion of these tests. */
export const PAGE_SIZE = 50;

/**
 * Opens both sides and makes the job.
 *
 * @param options Of the simulated instance.
 * @returns The bed, to be held with `await using`.
 */
export async function openBackfillBed(
  options: ClerkApiOptions,
): Promise<BackfillBed> {
  await using stack = new AsyncDisposableStack();
  const clerk = stack.use(new FakeClerk({ rateLimit: 100_000, ...options }));
  const test = stack.use(await openTestStore());
  const clock = new ManualClock();
  const deps = {
    store: test.store,
    clock,
    clerkApi: makeClient(clerk, { clock }),
    config: readConfig({}),
  };
  const jobId = "job_1";
  await createBackfill(deps, { jobId, actor: "tester" });
  await prepareBackfill(deps, jobId);
  const resources = stack.move();
  const advance = () => advanceBackfill(deps, jobId, { pageSize: PAGE_SIZE });
  const job = async () => {
    const found = await test.store.jobs.read(jobId);
    if (found === null) throw new Error("Cannot read job: it is gone");
    return found;
  };
  return {
    ...test,
    clerk,
    clock,
    deps,
    jobId,
    advance,
    job,
    async finish() {
      while ((await advance()).state === "running");
      return await job();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** @returns The users that Clerk has, oldest first. */
export async function listUsers({ deps }: BackfillBed): Promise<ClerkUser[]> {
  const users = [];
  for await (const page of deps.clerkApi.listUsers()) users.push(...page.users);
  return users.map((user) => clerkUser.parse(user));
}

/** Writes what a webhook says of a user; it tells at once, unless `at` differs. */
export async function receive(
  { store, clock }: BackfillBed,
  user: ClerkUser,
  at: Date = new Date(user.updated_at ?? 0),
): Promise<void> {
  await store.users.apply(user.id, (known) =>
    planUserWrite(user, {
      version: {
        updatedAtMs: user.updated_at ?? 0,
        eventAt: at,
        eventId: `msg_${user.id}`,
      },
      source: "webhook",
      now: clock.now(),
    }, known));
}
