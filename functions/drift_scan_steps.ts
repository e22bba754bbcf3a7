/**
 * The steps of a scan for drift: each does one page and says where to go on, so
 * that a scan survives a crash between any two and needs the memory of a page.
 *
 * First all users of Clerk, oldest first, against their documents; then all our
 * documents, by id, against Clerk; then a second look at what differed.
 */
import { NonRetriableError } from "inngest";
import { z } from "zod";
import { type ClerkUser, clerkUser } from "../lib/events.ts";
import { userCursor } from "../lib/clerk/list_users.ts";
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type { UserDrift } from "../lib/store/drift.ts";
import { findUserDrift } from "../lib/sync/drift.ts";
import type { UserDocument } from "../lib/sync/user_document.ts";
import { isPossibleId } from "../lib/clerk/possible_id.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { describeStrangers, HANDFUL, requireOwnKey } from "./find_key_fault.ts";

/** How far a scan has come; JSON, for Inngest keeps it. */
export const scanProgress = z.object({
  reportId: z.string(),
  phase: z.enum(["users", "ghosts", "confirm", "done"]),
  /** Last user of Clerk that was compared, in the first phase. */
  after: userCursor.nullable(),
  /** Last id of ours that was looked at, in the other phases. */
  afterId: z.string().nullable(),
  checked: z.number(),
  /** Users of ours that were looked for at Clerk, and those not found there. */
  ours: z.number(),
  ghosts: z.number(),
  requests: z.number(),
});

/** How far a scan has come. */
export type ScanProgress = Readonly<z.infer<typeof scanProgress>>;

/**
 * Where a scan begins.
 *
 * @param reportId Its report.
 * @param phase `done` for one that cannot run.
 * @returns The progress of one that has done nothing.
 */
export function startOfScan(
  reportId: string,
  phase: ScanProgress["phase"] = "users",
): ScanProgress {
  return {
    reportId,
    phase,
    after: null,
    afterId: null,
    checked: 0,
    ours: 0,
    ghosts: 0,
    requests: 0,
  };
}

/** What the steps need. */
export type ScanDependencies =
  & Pick<FunctionDependencies, "store" | "clock" | "config">
  & {
    readonly clerkApi: Pick<
      ClerkApiClient,
      "getInstanceId" | "listUsers" | "listUsersByIds"
    >;
  };

/** Ids in one question to Clerk, its maximum. */
const IDS_A_REQUEST = 100;

/**
 * Does the next page of a scan.
 *
 * @param deps Store, clock and Clerk.
 * @param progress Where the scan is.
 * @returns Where it is after the page.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function advanceScan(
  deps: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  switch (progress.phase) {
    case "users":
      return await compareUsers(deps, progress);
    case "ghosts":
      return await findGhosts(deps, progress);
    case "confirm":
      return await lookAgain(deps, progress);
    case "done":
      return progress;
  }
}

async function compareUsers(
  { store, clock, clerkApi }: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  const { after, reportId } = progress;
  for await (
    const page of clerkApi.listUsers(after === null ? {} : { after })
  ) {
    const now = clock.now();
    // One that cannot be read must not end the scan of all others.
    const users = page.users.flatMap((user) =>
      clerkUser.safeParse(user).data ?? []
    );
    const stored = await readDocuments(store, users.map(({ id }) => id));
    await store.drift.suspect(
      reportId,
      users.flatMap((user) => toFound(user, stored.get(user.id), now)),
      now,
    );
    return {
      ...progress,
      after: page.cursor,
      checked: progress.checked + users.length,
      requests: progress.requests + 1,
    };
  }
  return { ...progress, phase: "ghosts" };
}

async function findGhosts(
  { store, clock, clerkApi }: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  const { afterId, reportId } = progress;
  const now = clock.now();
  const page = await store.users.documents
    .find({
      // What the application made is its own, whatever Clerk knows.
      sync: { $exists: true },
      ...(afterId !== null && { _id: { $gt: afterId } }),
    })
    .sort({ _id: 1 }).limit(IDS_A_REQUEST)
    .project<{ _id: string }>({ _id: 1 }).toArray();
  const last = page.at(-1);
  if (last === undefined) {
    return { ...progress, phase: "confirm", afterId: null };
  }
  const ids = page.map(({ _id }) => _id).filter(isPossibleId);
  const known = new Set(
    (await clerkApi.listUsersByIds(ids)).map(({ id }) => id),
  );
  const ghosts = await readDocuments(store, ids.filter((id) => !known.has(id)));
  await store.drift.suspect(
    reportId,
    [...ghosts].flatMap(([id, stored]) => {
      const drift = findUserDrift(null, stored, now);
      return drift === null ? [] : [{ userId: id, drift }];
    }),
    now,
  );
  return {
    ...progress,
    afterId: last._id,
    ours: progress.ours + ids.length,
    ghosts: progress.ghosts + ghosts.size,
    requests: progress.requests + 1,
  };
}

async function lookAgain(
  deps: ScanDependencies,
  progress: ScanProgress,
): Promise<ScanProgress> {
  const { store, clock, clerkApi } = deps;
  const { reportId, afterId } = progress;
  if (afterId === null) await requireBelievable(deps, progress);
  const ids = await store.drift
    .listSuspected(reportId, afterId, IDS_A_REQUEST);
  const now = clock.now();
  const found = ids.length === 0 ? [] : await clerkApi.listUsersByIds(ids);
  const users = new Map(found.map((user) => [user.id, clerkUser.parse(user)]));
  const stored = await readDocuments(store, ids);
  for (const id of ids) {
    const drift = findUserDrift(users.get(id) ?? null, stored.get(id), now);
    await store.drift.confirm(id, drift);
  }
  const requests = progress.requests + Math.sign(ids.length);
  const lastId = ids.at(-1);
  if (lastId !== undefined) return { ...progress, requests, afterId: lastId };
  await store.drift.finish(reportId, {
    checked: progress.checked,
    requests,
    finished_at: clock.now(),
  });
  return { ...progress, phase: "done" };
}

/** Before anything is called drift: the key may have been changed meanwhile. */
async function requireBelievable(
  deps: ScanDependencies,
  { ours, ghosts }: ScanProgress,
): Promise<void> {
  await requireOwnKey(deps);
  if (ours <= HANDFUL) return;
  const fault = describeStrangers({ known: ours - ghosts, ours });
  if (fault !== null) throw new NonRetriableError(fault);
}

async function readDocuments(
  store: ScanDependencies["store"],
  ids: readonly string[],
): Promise<Map<string, UserDocument>> {
  const documents = await store.users.documents
    .find({ _id: { $in: [...ids] } }).toArray();
  return new Map(documents.map((document) => [document._id, document]));
}

function toFound(
  user: ClerkUser,
  stored: UserDocument | undefined,
  now: Date,
): UserDrift[] {
  const drift = findUserDrift(user, stored, now);
  return drift === null ? [] : [{ userId: user.id, drift }];
}
