/** Dead letters a page at a time, the newest failure first. */
import type { DeadLetterDocument } from "./dead_letters.ts";
import { type KeysetPage, readKeysetPage } from "./keyset_page.ts";
import type { Store } from "./store.ts";

/** Which dead letters. */
export interface DeadLetterQuery {
  /** Those that were replayed as well. */
  readonly withReplayed: boolean;
  readonly cursor: string | null;
  readonly limit: number;
}

/**
 * Reads a page of dead letters.
 *
 * @param store The store.
 * @param query Which ones.
 * @returns The rows and the next page's cursor.
 */
export async function readDeadLetters(
  store: Store,
  { withReplayed, cursor, limit }: DeadLetterQuery,
): Promise<KeysetPage<DeadLetterDocument>> {
  return await readKeysetPage(store.deadLetters.documents, {
    filter: withReplayed ? {} : { replayed_at: null },
    order: { field: "failed_at", direction: -1, type: "instant" },
    cursor,
    limit,
  });
}
