/**
 * Every ten minutes between two scans: how many users, organizations and
 * memberships Clerk has, and how many we have. Costs Clerk six requests and
 * names nobody; a scan does.
 */
import { cron, type InngestFunction } from "inngest";
import { isNotOffered } from "../lib/clerk/clerk_api_error.ts";
import { countSynced, recordCounts } from "../lib/store/count_reports.ts";
import type {
  ComparedCollection,
  Counts,
  SideCounts,
} from "../lib/store/drift_documents.ts";
import { countDrift } from "../lib/store/drift_page.ts";
import type { Store } from "../lib/store/store.ts";
import {
  addRecurringDeadLetter,
  closeRecurringDeadLetter,
} from "./dead_letter.ts";
import type { ClerkApi, FunctionDependencies } from "./dependencies.ts";
import { findKeyFault } from "./find_key_fault.ts";
import { retryAsClerkSays } from "./for_inngest.ts";
import { NO_KEY } from "./repair_drift.ts";

const ID = "compare-counts";
/** Over in four minutes, before the next one comes. */
const RETRIES = 3;
/** More than this many would be no exceptions. */
const MAX_TOMBSTONED = 10_000;

/** What the comparison needs. */
export type CountDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "config"
>;

/**
 * @param deps Inngest, store, clock, settings and the Clerk API.
 * @returns The function `compare-counts`.
 */
export function compareCounts(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: ID,
      name: "Compare counts",
      triggers: [cron("*/10 * * * *")],
      concurrency: { limit: 1 },
      retries: RETRIES,
      onFailure: (failure) => addRecurringDeadLetter(deps, failure),
    },
    async ({ step, runId }) =>
      await step.run(
        "compare",
        () => retryAsClerkSays(() => compareSideCounts(deps, runId)),
      ),
  );
}

/**
 * Counts both sides and keeps what it came to.
 *
 * @param deps Store, clock, settings and the Clerk API.
 * @param reportId Becomes the report's id.
 * @returns The counts, or why there are none.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function compareSideCounts(
  { store, clock, clerkApi, config }: CountDependencies,
  reportId: string,
): Promise<Counts | string> {
  if (clerkApi === undefined) return NO_KEY;
  await store.ensureIndexes();
  const startedAt = clock.now();
  const counted = clerkApi.fork();
  const fault = await findKeyFault({ store, clerkApi: counted, config });
  const counts = fault === null ? await countSides(store, counted) : null;
  await recordCounts(store, reportId, {
    startedAt,
    finishedAt: clock.now(),
    counts,
    fault,
    requests: counted.usage().requests,
  });
  await closeRecurringDeadLetter({ store, clock }, ID);
  return counts ?? fault ?? "";
}

async function countSides(store: Store, clerkApi: ClerkApi): Promise<Counts> {
  const count = async (
    collection: ComparedCollection,
    countClerk: () => Promise<number>,
  ): Promise<SideCounts> => {
    const [clerk, mongodb, tombstoned] = await Promise.all([
      countClerk(),
      countSynced(store, collection),
      // Known to be at Clerk and never to be here: no reason for an alert.
      countDrift(store, { collection, kind: "tombstoned" }, MAX_TOMBSTONED),
    ]);
    return { clerk: clerk - tombstoned, mongodb };
  };
  const [users, organizations, memberships] = await Promise.all([
    count("users", () => clerkApi.countUsers()),
    count("organizations", () => clerkApi.countOrganizations())
      .catch(nullIfNotOffered),
    count("memberships", () => clerkApi.countMemberships())
      .catch(nullIfNotOffered),
  ]);
  return { users, organizations, memberships };
}

/** An instance without organizations refuses to count any. */
function nullIfNotOffered(error: unknown): null {
  if (isNotOffered(error)) return null;
  throw error;
}
