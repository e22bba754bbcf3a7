/**
 * Step ④: writes what `clerk/organization.*` says to MongoDB.
 *
 * A deleted organization takes its memberships with it; the tombstone keeps
 * memberships that arrive late from coming back.
 */
import type { InngestFunction } from "inngest";
import { clerkDeleted, clerkOrganization, triggersOf } from "../lib/events.ts";
import type { Store } from "../lib/store/store.ts";
import type {
  TombstoneDocument,
  WriteOutcome,
} from "../lib/store/synced_collection.ts";
import { planOrganizationWrite } from "../lib/sync/organization_document.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { parsePayload } from "./parse_payload.ts";
import {
  incomingOf,
  type ReceivedEvent,
  tombstoneOf,
} from "./received_event.ts";
import { createSyncFunction } from "./sync_function.ts";

/**
 * @param deps Inngest, store, sender, clock and metrics.
 * @returns The function `sync-organization`.
 */
export function syncOrganization(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return createSyncFunction(deps, {
    id: "sync-organization",
    name: "Sync organization",
    triggers: triggersOf(
      "organization.created",
      "organization.updated",
      "organization.deleted",
    ),
    collection: "organizations",
    write: writeOrganization,
  });
}

/**
 * Writes what an event says of an organization.
 *
 * @param deps Store and clock.
 * @param event An `organization.*`.
 * @returns What became of it.
 * @throws {NonRetriableError} when the payload is not an organization.
 */
export async function writeOrganization(
  { store, clock }: Pick<FunctionDependencies, "store" | "clock">,
  event: ReceivedEvent,
): Promise<WriteOutcome> {
  await store.ensureIndexes();
  if (event.type === "organization.deleted") {
    const { id } = parsePayload(clerkDeleted, event);
    return await removeOrganization(store, tombstoneOf(event, id));
  }
  const organization = parsePayload(clerkOrganization, event);
  const incoming = incomingOf(event, organization.updated_at, clock.now());
  return await store.organizations.apply(
    organization.id,
    (known) => planOrganizationWrite(organization, incoming, known),
  );
}

/**
 * Removes an organization for good, and its memberships.
 *
 * @param store The store, with its indexes.
 * @param tombstone What is left of the organization.
 * @returns What became of it.
 */
export async function removeOrganization(
  store: Store,
  tombstone: TombstoneDocument,
): Promise<WriteOutcome> {
  const outcome = await store.organizations.remove(tombstone);
  await store.memberships.documents
    .deleteMany({ organization_id: tombstone._id });
  return outcome;
}
