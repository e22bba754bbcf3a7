/** Refused webhooks a page at a time, the newest first. */
import { type KeysetPage, readKeysetPage } from "./keyset_page.ts";
import type { QuarantineDocument } from "./quarantine.ts";
import type { Store } from "./store.ts";

/** A row of the list; what is encrypted stays in the database. */
export type QuarantineRow = Omit<QuarantineDocument, "sealed">;

/** Which refused webhooks. */
export interface QuarantineQuery {
  /** Code of the problem; null for all. At most 1,000 are looked through. */
  readonly reason: string | null;
  readonly cursor: string | null;
  readonly limit: number;
}

/**
 * Reads a page of the quarantine.
 *
 * @param store The store.
 * @param query Which ones.
 * @returns The rows and the next page's cursor.
 */
export async function readQuarantine(
  store: Store,
  { reason, cursor, limit }: QuarantineQuery,
): Promise<KeysetPage<QuarantineRow>> {
  return await readKeysetPage(store.quarantine.documents, {
    filter: reason === null ? {} : { reason },
    projection: { sealed: 0 },
    order: { field: "at", direction: -1, type: "instant" },
    cursor,
    limit,
  });
}
