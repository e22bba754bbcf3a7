/**
 * Brings a user or an organization from Clerk's Backend API into the store,
 * through the same rules as any webhook: what was read is as new as the moment of
 * reading.
 */
import { clerkOrganization, clerkUser } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { planOrganizationWrite } from "../lib/sync/organization_document.ts";
import { type Incoming, planUserWrite } from "../lib/sync/write_plan.ts";
import type { FunctionDependencies } from "./dependencies.ts";

type FetchDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi"
>;

/** What to fetch. */
export interface MissingParent {
  /** Clerk's id. */
  readonly id: string;
  /** What made it necessary: an event's id, for the document's stamp. */
  readonly cause: string;
}

/**
 * Fetches and writes a user.
 *
 * @param deps Store, clock, and the Clerk API; without it nothing happens.
 * @param parent Which, and why.
 * @returns What became of it; null when Clerk has no such user, or there is no key.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function fetchUser(
  deps: FetchDependencies,
  { id, cause }: MissingParent,
): Promise<WriteOutcome | null> {
  const { store, clock, clerkApi } = deps;
  if (clerkApi === undefined) return null;
  const readAt = clock.now();
  const user = clerkUser.nullable().parse(await clerkApi.getUser(id));
  if (user === null) return null;
  const incoming = incomingOfFetch(user.updated_at, readAt, cause);
  return await store.users.apply(
    id,
    (known) => planUserWrite(user, incoming, known),
  );
}

/**
 * Fetches and writes an organization; as {@linkcode fetchUser} does.
 *
 * @param deps Store, clock, and the Clerk API; without it nothing happens.
 * @param parent Which, and why.
 * @returns What became of it, or null.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function fetchOrganization(
  deps: FetchDependencies,
  { id, cause }: MissingParent,
): Promise<WriteOutcome | null> {
  const { store, clock, clerkApi } = deps;
  if (clerkApi === undefined) return null;
  const readAt = clock.now();
  const organization = clerkOrganization.nullable()
    .parse(await clerkApi.getOrganization(id));
  if (organization === null) return null;
  const incoming = incomingOfFetch(organization.updated_at, readAt, cause);
  return await store.organizations.apply(
    id,
    (known) => planOrganizationWrite(organization, incoming, known),
  );
}

function incomingOfFetch(
  updatedAtMs: number | undefined,
  readAt: Date,
  cause: string,
): Incoming {
  return {
    version: {
      updatedAtMs: updatedAtMs ?? readAt.getTime(),
      eventAt: readAt,
      eventId: `fetch:${cause}`,
    },
    source: "fetch",
    now: readAt,
  };
}
