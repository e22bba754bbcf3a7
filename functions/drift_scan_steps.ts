/**
 * The steps of a scan for drift: each does some pages and says where to go on,
 * so that a scan survives a crash between any two and needs the memory of a page.
 *
 * For users, organizations and memberships in turn: all of Clerk's, oldest first,
 * against our documents, then all our documents against Clerk. At the end a
 * second look at what differed.
 */
import { NonRetriableError } from "inngest";
import { z } from "zod";
import { isNotOffered } from "../lib/clerk/clerk_api_error.ts";
import {
  type DriftReport,
  groupByCollection,
  type SecondLook,
} from "../lib/store/drift_documents.ts";
import type { ComparisonDependencies } from "./compare_side.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { DRIFT_SIDES } from "./drift_sides.ts";
import { describeStrangers, HANDFUL, requireOwnKey } from "./find_key_fault.ts";

const COLLECTIONS = ["users", "organizations", "memberships"] as const;

const sideCounts = z.object({ clerk: z.number(), mongodb: z.number() })
  .nullable();

/** How far a scan has come; JSON, for Inngest keeps it. */
export const scanProgress = z.object({
  reportId: z.string(),
  phase: z.enum(["compare", "ghosts", "confirm", "done"]),
  /** What the first two phases are at. */
  collection: z.enum(COLLECTIONS),
  /** Where the walk of the phase is; null at its beginning. */
  after: z.record(z.string(), z.unknown()).nullable(),
  /** How many were compared; null for what the instance does not offer. */
  counts: z.object({
    users: sideCounts,
    organizations: sideCounts,
    memberships: sideCounts,
  }),
  /** Users of ours that Clerk did not have at first sight. */
  ghosts: z.number(),
  /** Sent to Clerk, retries included. */
  requests: z.number(),
});

/** How far a scan has come. */
export type ScanProgress = Readonly<z.infer<typeof scanProgress>>;

/** What the steps need. */
export type ScanDependencies =
  & ComparisonDependencies
  & Pick<FunctionDependencies, "config">;

/** Objects of one kind in one second look, Clerk's maximum. */
const LOOKS_A_STEP = 100;

/**
 * Where a scan begins.
 *
 * @param reportId Its report.
 * @param phase `done` for one that cannot run.
 * @returns The progress of one that has done nothing.
 */
export function startOfScan(
  reportId: string,
  phase: ScanProgress["phase"] = "compare",
): ScanProgress {
  const none = () => ({ clerk: 0, mongodb: 0 });
  return {
    reportId,
    phase,
    collection: "users",
    after: null,
    counts: { users: none(), organizations: none(), memberships: none() },
    ghosts: 0,
    requests: 0,
  };
}

/**
 * Does the next pages of a scan.
 *
 * @param deps Store, clock, settings and Clerk.
 * @param progress Where the scan is.
 * @returns Where it is afterwards; done when its report says that it has ended.
 * @throws {ClerkApiError} when Clerk does not answer.
 * @throws {NonRetriableError} when the key belongs to another instance.
 */
export async function advanceScan(
  deps: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  if (progress.phase === "done") return progress;
  const isRunning = await deps.store.drift.move(
    progress.reportId,
    deps.clock.now(),
  );
  if (!isRunning) return { ...progress, phase: "done" };
  const clerkApi = deps.clerkApi.fork();
  const next = progress.phase === "confirm"
    ? await lookAgain({ ...deps, clerkApi }, progress)
    : await compareSide({ ...deps, clerkApi }, progress);
  const requests = progress.requests + clerkApi.usage().requests;
  if (next.phase === "done") await finishScan(deps, { ...next, requests });
  return { ...next, requests };
}

async function compareSide(
  deps: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  const { phase, collection, after, reportId } = progress;
  const side = DRIFT_SIDES[collection];
  const isForward = phase === "compare";
  try {
    const page = isForward
      ? await side.compareNext(deps, after)
      : await side.findGhosts(deps, after);
    await deps.store.drift.suspect(reportId, page.found, deps.clock.now());
    const counted = addCounts(progress, {
      clerk: isForward ? page.compared : 0,
      mongodb: isForward ? 0 : page.compared,
    });
    const isGhosts = !isForward && collection === "users";
    const ghosts = progress.ghosts + (isGhosts ? page.found.length : 0);
    const next = { ...counted, ghosts, after: page.next };
    return page.next === null ? startNextPhase(next) : next;
  } catch (error) {
    if (collection === "users" || !isNotOffered(error)) throw error;
    const counts = { ...progress.counts, [collection]: null };
    return startNextPhase({ ...progress, counts, phase: "ghosts" });
  }
}

function addCounts(
  progress: ScanProgress,
  more: { readonly clerk: number; readonly mongodb: number },
): ScanProgress {
  const { collection, counts } = progress;
  const { clerk, mongodb } = counts[collection] ?? { clerk: 0, mongodb: 0 };
  const sum = { clerk: clerk + more.clerk, mongodb: mongodb + more.mongodb };
  return { ...progress, counts: { ...counts, [collection]: sum } };
}

function startNextPhase(progress: ScanProgress): ScanProgress {
  const next = { ...progress, after: null };
  if (progress.phase === "compare") return { ...next, phase: "ghosts" };
  const following = COLLECTIONS[COLLECTIONS.indexOf(progress.collection) + 1];
  return following === undefined
    ? { ...next, phase: "confirm" }
    : { ...next, phase: "compare", collection: following };
}

const itemPosition = z.object({ id: z.string() }).nullable();

async function lookAgain(
  deps: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  const { reportId } = progress;
  const after = itemPosition.parse(progress.after);
  if (after === null) await requireBelievable(deps, progress);
  const targets = await deps.store.drift
    .listSuspected(reportId, after?.id ?? null, LOOKS_A_STEP);
  const last = targets.at(-1);
  if (last === undefined) return { ...progress, phase: "done" };
  const looks: SecondLook[] = [];
  for (const [collection, some] of groupByCollection(targets)) {
    looks.push(...await DRIFT_SIDES[collection].lookAgain(deps, some));
  }
  await deps.store.drift.confirm(looks);
  return { ...progress, after: { id: last.id } };
}

/** Before anything is called drift: the key may have been changed meanwhile. */
async function requireBelievable(
  deps: ScanDependencies,
  { counts, ghosts }: ScanProgress,
): Promise<void> {
  await requireOwnKey(deps);
  const ours = counts.users?.mongodb ?? 0;
  if (ours <= HANDFUL) return;
  const fault = describeStrangers({ known: ours - ghosts, ours });
  if (fault !== null) throw new NonRetriableError(fault);
}

async function finishScan(
  { store, clock }: ScanDependencies,
  { reportId, requests, counts }: ScanProgress,
): Promise<DriftReport["totals"]> {
  return await store.drift.finish(reportId, {
    checked: counts.users?.clerk ?? 0,
    requests,
    counts,
    finished_at: clock.now(),
  });
}
