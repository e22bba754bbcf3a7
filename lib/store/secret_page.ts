/**
 * Which webhook secrets are in use, as the newest events tell, never the secrets
 * themselves: an old one that nothing comes with any more can be taken away.
 */
import type { Store } from "./store.ts";

/** One secret by its fingerprint. */
export interface SecretUse {
  readonly fingerprint: string;
  /** Null when none of the events that were looked at came with it. */
  readonly lastUsedAt: Date | null;
  /** How many of those events came with it. */
  readonly count: number;
}

/** Events that are looked at; older use is of no interest to a rotation. */
export const SECRET_SAMPLE = 500;

/**
 * Reads when secrets were used last.
 *
 * @param store The store.
 * @param known Fingerprints of the configured secrets.
 * @returns Those, and any other that recent events came with.
 */
export async function readSecretUse(
  store: Store,
  known: readonly string[],
): Promise<readonly SecretUse[]> {
  const events = await store.webhookEvents.documents
    .find({}, { projection: { _id: 0, secret: 1, received_at: 1 } })
    .sort({ received_at: -1, _id: -1 })
    .limit(SECRET_SAMPLE)
    .toArray();
  const bySecret = Map.groupBy(events, ({ secret }) => secret ?? "");
  bySecret.delete("");
  return [...new Set([...known, ...bySecret.keys()])].map((fingerprint) => {
    const used = bySecret.get(fingerprint) ?? [];
    return {
      fingerprint,
      lastUsedAt: used[0]?.received_at ?? null,
      count: used.length,
    };
  });
}
