/**
 * A simulated Clerk and a real store in step, and the scan that compares them
 * without an engine: each step twice, as a crash may have it.
 */
import {
  advanceScan,
  type ScanDependencies,
  type ScanProgress,
  startOfScan,
} from "../../../functions/drift_scan_steps.ts";
import {
  type RecordedCause,
  repairDrift,
} from "../../../functions/repair_drift.ts";
import type { ClerkApiClient } from "../../../lib/clerk/clerk_api_client.ts";
import { systemClock } from "../../../lib/clock.ts";
import { readConfig } from "../../../lib/config.ts";
import { clerkUser } from "../../../lib/events.ts";
import { createLiveFeed, type LiveFeed } from "../../../lib/live_feed.ts";
import { findDriftTargets } from "../../../lib/store/drift_page.ts";
import type { UserDocument } from "../../../lib/sync/user_document.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import {
  type ClerkApiOptions,
  FakeClerk,
} from "../../support/clerk_api/start_clerk_api.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

/** Both sides, and what a scan and a repair need. */
export interface DriftBed extends AsyncDisposable, TestStore {
  readonly clerk: FakeClerk;
  readonly deps: ScanDependencies & {
    readonly clerkApi: ClerkApiClient;
    readonly feed: LiveFeed;
  };
  /** The ids of all users that were synced, oldest first. */
  readonly ids: readonly string[];
}

/** When everything was synced. */
export const SYNCED_AT = new Date("2026-01-01T00:00:00Z");

/**
 * Opens both sides and syncs every user.
 *
 * @param options Of the simulated instance; `env` adds settings.
 * @returns The bed, to be held with `await using`.
 */
export async function openDriftBed(
  { env = {}, ...options }: ClerkApiOptions & {
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<DriftBed> {
  await using stack = new AsyncDisposableStack();
  const clerk = stack.use(new FakeClerk({ rateLimit: 100_000, ...options }));
  const test = stack.use(await openTestStore());
  const deps = {
    store: test.store,
    clock: systemClock,
    clerkApi: makeClient(clerk),
    config: readConfig(env),
    feed: stack.use(createLiveFeed(test.store.db.databaseName)),
  };
  const documents: UserDocument[] = [];
  for await (const page of deps.clerkApi.listUsers()) {
    documents.push(...page.users.map(toDocument));
  }
  if (documents.length > 0) {
    await test.store.users.documents.insertMany(documents);
  }
  const resources = stack.move();
  return {
    ...test,
    clerk,
    deps,
    ids: documents.map(({ _id }) => _id),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A user of Clerk as a webhook of {@linkcode SYNCED_AT} would have stored it. */
export function toDocument(payload: unknown): UserDocument {
  const user = clerkUser.parse(payload);
  const plan = planUserWrite(user, {
    version: {
      updatedAtMs: user.updated_at ?? 0,
      eventAt: SYNCED_AT,
      eventId: `msg_${user.id}`,
    },
    source: "webhook",
    now: SYNCED_AT,
  }, { stored: undefined, isTombstoned: false });
  if (plan.kind !== "insert") throw new TypeError(`Cannot insert ${user.id}`);
  return plan.document;
}

/** Opens a scan's report, without a look at the key. */
export async function startScan(
  { store }: Pick<DriftBed, "store">,
  reportId: string,
  phase?: ScanProgress["phase"],
): Promise<ScanProgress> {
  await store.drift.begin(reportId, new Date(), null);
  return startOfScan(reportId, phase);
}

/**
 * Goes on with a scan up to its second look.
 *
 * @param deps What the steps need.
 * @param from Where it is.
 * @returns Where the second look begins.
 * @throws {RangeError} when the scan ends without one.
 */
export async function advanceToConfirm(
  deps: ScanDependencies,
  from: ScanProgress,
): Promise<ScanProgress> {
  let progress = from;
  while (progress.phase !== "confirm") {
    if (progress.phase === "done") throw new RangeError("Cannot look again");
    progress = await advanceScan(deps, progress);
  }
  return progress;
}

/**
 * Runs a scan to its end, each step twice.
 *
 * @param bed Where.
 * @param reportId The scan.
 * @returns Its last progress.
 */
export async function scan(
  bed: DriftBed,
  reportId: string,
): Promise<ScanProgress> {
  let progress = await startScan(bed, reportId);
  while (progress.phase !== "done") {
    await advanceScan(bed.deps, progress);
    progress = await advanceScan(bed.deps, progress);
  }
  return progress;
}

/** By whose wish tests repair. */
export const CAUSE: RecordedCause = {
  runId: "run_1",
  who: "admin",
  why: "a test",
  isAsked: true,
};

/**
 * Repairs by id, as a person would ask for it.
 *
 * @param bed Where.
 * @param ids What.
 * @param cause Default: a person's wish.
 * @returns What became of each.
 */
export async function repair(
  { deps }: DriftBed,
  ids: readonly string[],
  cause: RecordedCause = CAUSE,
): Promise<Record<string, string>> {
  const targets = await findDriftTargets(deps.store, ids);
  return await repairDrift(deps, targets, cause);
}

/** @returns The kind of every confirmed difference, by id. */
export async function readOpen(
  { store }: Pick<DriftBed, "store">,
): Promise<Map<string, string>> {
  const items = await store.drift.listOpen(10_000);
  return new Map(items.map(({ _id, kind }) => [_id, kind]));
}
