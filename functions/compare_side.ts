/**
 * The comparison of one kind of object in both directions, some hundreds at a
 * time, whatever the kind. It writes nothing and remembers nothing.
 */
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type {
  DriftTarget,
  FoundDrift,
  SecondLook,
} from "../lib/store/drift_documents.ts";
import { readKnown } from "../lib/store/read_known.ts";
import type { Store } from "../lib/store/store.ts";
import type { Known, SyncedDocument } from "../lib/sync/write_plan.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import {
  type DriftSide,
  parentsOf,
  type Position,
  type SyncedObject,
} from "./drift_side.ts";
import { canBeAsked } from "./list_ours.ts";

/** What a comparison needs. */
export type ComparisonDependencies =
  & Pick<FunctionDependencies, "store" | "clock">
  & { readonly clerkApi: ClerkApiClient };

/** What came of some objects. */
export interface ComparedPage {
  readonly found: readonly FoundDrift[];
  readonly compared: number;
  /** Where to go on; null after the last. */
  readonly next: Position | null;
}

/** Pages of 500 that one step compares: enough to keep the steps few. */
const PAGES_A_STEP = 4;
/** Requests of 100 ids in one step. */
const QUESTIONS_A_STEP = 10;
/** Clerk's maximum. */
const IDS_A_REQUEST = 100;

/**
 * Compares Clerk's next objects with ours.
 *
 * @param side Of which kind.
 * @param deps Store, clock and Clerk.
 * @param after Where the walk is; null at the beginning.
 * @returns What differs; objects that cannot be read are passed over.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function compareNext<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  deps: ComparisonDependencies,
  after: Position | null,
): Promise<ComparedPage> {
  const found: FoundDrift[] = [];
  let [compared, pages] = [0, 0];
  for await (const { objects, next } of side.list(deps.clerkApi, after)) {
    const now = deps.clock.now();
    // One that cannot be read must not end the comparison of all others.
    const parsed = objects.flatMap((object) => side.parse(object) ?? []);
    const targets = parsed.map((object) => toTarget(side, object));
    const known = await readKnownOf(side, deps.store, targets);
    for (const [index, target] of targets.entries()) {
      const object = parsed[index] ?? null;
      const drift = side.findDrift(object, known(target.id), now);
      if (drift !== null) found.push({ target, drift });
    }
    compared += parsed.length;
    if (++pages === PAGES_A_STEP) return { found, compared, next };
  }
  return { found, compared, next: null };
}

/**
 * Looks for our next objects at Clerk.
 *
 * @param side Of which kind.
 * @param deps Store, clock and Clerk.
 * @param after Where the walk is; null at the beginning.
 * @returns Those that Clerk does not have.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function findGhosts<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  deps: ComparisonDependencies,
  after: Position | null,
): Promise<ComparedPage> {
  const found: FoundDrift[] = [];
  let compared = 0;
  let position = after;
  for (let question = 0; question < QUESTIONS_A_STEP; question++) {
    const ours = await side.listOurs(deps.store, position, IDS_A_REQUEST);
    const last = ours.at(-1);
    if (last === undefined) return { found, compared, next: null };
    position = last.position;
    const targets = ours.filter(canBeAsked).map(({ target }) => target);
    const present = new Set(
      (await side.read(deps.clerkApi, targets)).map(({ id }) => id),
    );
    const absent = targets.filter(({ id }) => !present.has(id));
    const known = await readKnownOf(side, deps.store, absent);
    for (const target of absent) {
      const drift = side.findDrift(null, known(target.id), deps.clock.now());
      if (drift !== null) found.push({ target, drift });
    }
    compared += targets.length;
  }
  return { found, compared, next: position };
}

/**
 * Compares some objects once more, both sides read anew.
 *
 * @param side Of which kind.
 * @param deps Store, clock and Clerk.
 * @param targets Up to 100.
 * @returns What differs still, for each.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function lookAgain<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  deps: ComparisonDependencies,
  targets: readonly DriftTarget[],
): Promise<SecondLook[]> {
  const now = deps.clock.now();
  const objects = await side.read(deps.clerkApi, targets);
  const byId = new Map(objects.map((object) => [object.id, object]));
  const known = await readKnownOf(side, deps.store, targets);
  return targets.map((target) => {
    const present = byId.get(target.id);
    const object = present === undefined ? null : side.parse(present);
    // What has become unreadable is there all the same: it is no ghost.
    const drift = object === undefined
      ? null
      : side.findDrift(object, known(target.id), now);
    return { target, drift };
  });
}

function toTarget<T extends SyncedObject, D extends SyncedDocument>(
  side: DriftSide<T, D>,
  object: T,
): DriftTarget {
  return {
    id: object.id,
    collection: side.name,
    place: side.placeOf(object),
  };
}

async function readKnownOf<T extends SyncedObject, D extends SyncedDocument>(
  side: DriftSide<T, D>,
  store: Store,
  targets: readonly DriftTarget[],
): Promise<(id: string) => Known<D>> {
  if (targets.length === 0) return () => NOTHING;
  const known = await readKnown(
    side.collection(store),
    targets.map(({ id, place }) => ({ id, parents: parentsOf(place) })),
  );
  return (id) => known.get(id) ?? NOTHING;
}

const NOTHING = { stored: undefined, isTombstoned: false };
