/**
 * Whether CLERK_SECRET_KEY belongs to the instance that our users come from.
 *
 * With another instance's key every user of ours looks deleted and all of its
 * users look missing: a repair would delete the ones for good and let the others
 * in. So nothing is reported or repaired before this has been asked.
 */
import { NonRetriableError } from "inngest";
import {
  readRecentInstances,
  sampleUserIds,
} from "../lib/store/key_evidence.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** What the check needs. */
export type KeyDependencies =
  & Pick<FunctionDependencies, "store">
  & {
    readonly clerkApi: Pick<
      NonNullable<FunctionDependencies["clerkApi"]>,
      "getInstanceId" | "listUsersByIds"
    >;
    readonly config: {
      readonly clerk: Pick<
        FunctionDependencies["config"]["clerk"],
        "instanceId"
      >;
    };
  };

/** One question to Clerk, which takes up to 100 ids. */
const SAMPLE = 50;
/** So few may all have been deleted, where the instance's name is right. */
export const HANDFUL = 5;

const WRONG_KEY = "CLERK_SECRET_KEY belongs to another instance";

/**
 * Finds out why the key is not to be trusted.
 *
 * The key's instance must be CLERK_INSTANCE_ID, where that is set, and one that
 * sent the webhooks applied last, where they say so; and at least half of our
 * users, a sample taken evenly over time, must be known there.
 *
 * @param deps Store, Clerk and settings.
 * @returns A sentence that begins with the variable; null when all is well.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function findKeyFault(
  { store, clerkApi, config }: KeyDependencies,
): Promise<string | null> {
  const keyId = await clerkApi.getInstanceId();
  const ownId = config.clerk.instanceId;
  if (keyId !== null) {
    if (ownId !== undefined && ownId !== keyId) {
      return `${WRONG_KEY}, ${keyId}, than CLERK_INSTANCE_ID, ${ownId}`;
    }
    const senders = await readRecentInstances(store);
    if (senders.size > 0 && !senders.has(keyId)) {
      return `${WRONG_KEY}, ${keyId}, than the webhooks, ${
        [...senders].join(", ")
      }`;
    }
  }
  const sample = await sampleUserIds(store, SAMPLE);
  const known = new Set(
    (await clerkApi.listUsersByIds(sample)).map(({ id }) => id),
  );
  const isNamed = ownId !== undefined && ownId === keyId;
  if (isNamed && sample.length <= HANDFUL) return null;
  return describeStrangers({ known: known.size, ours: sample.length });
}

/**
 * Says that too many users of ours are unknown to Clerk to be believed.
 *
 * @param counts Users of ours that were looked for, and those that were found.
 * @returns The sentence; null when at least half are known.
 */
export function describeStrangers(
  { known, ours }: { readonly known: number; readonly ours: number },
): string | null {
  return known * 2 >= ours
    ? null
    : `${WRONG_KEY}, or most users were deleted at Clerk: it knows ${known} of ${ours}`;
}

/**
 * Ends what must not go on with a key of another instance.
 *
 * @param deps Store, Clerk and settings.
 * @throws {NonRetriableError} when the key is not to be trusted.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function requireOwnKey(deps: KeyDependencies): Promise<void> {
  const fault = await findKeyFault(deps);
  if (fault !== null) throw new NonRetriableError(fault);
}
