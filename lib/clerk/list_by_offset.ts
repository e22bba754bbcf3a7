/**
 * Walks a list of Clerk's that pages by offset only: organizations and
 * memberships, oldest first.
 *
 * A deletion between two pages moves the rest forward; the walk notices that
 * `total_count` has shrunk and steps back as far. Given twice within a page's
 * reach is given once, but for a walk that is resumed. Not promised: a deletion and a creation between the same
 * two pages look like no change at all.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, ListOrganizations,
 * InstanceGetOrganizationMemberships, ListOrganizationMemberships.
 */

import { z } from "zod";
import type { ClerkRequester } from "./clerk_request.ts";
import { readRequired } from "./read_parsed.ts";

/** Where a walk has got to; plain JSON, to be kept as a checkpoint. */
export interface OffsetPosition {
  /** Items that lie behind the walk. */
  readonly offset: number;
  /** The length of the list when they were read. */
  readonly total: number;
}

/** Some items, and where to go on after them. */
export interface OffsetPage<Item> {
  readonly items: readonly Item[];
  readonly next: OffsetPosition;
}

/** Which list, and how. */
export interface ListByOffsetOptions<Item> {
  /** In the words of an error: `list organizations`. */
  readonly task: string;
  /** Below `/v1`. */
  readonly path: string;
  readonly itemSchema: z.ZodType<Item>;
  /** Items in a page, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
  /** Where an earlier walk got to. Default: the beginning. */
  readonly after?: OffsetPosition | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_PAGE_SIZE = 500; // Clerk's maximum

/**
 * Walks the whole list, or the rest of it.
 *
 * @param requester Of which instance.
 * @param options Which list.
 * @returns Pages that are never empty.
 * @throws {ClerkApiError} when a page cannot be had.
 */
export async function* listByOffset<Item extends { readonly id: string }>(
  requester: ClerkRequester,
  options: ListByOffsetOptions<Item>,
): AsyncGenerator<OffsetPage<Item>, void, void> {
  const { task, path, itemSchema, signal } = options;
  const pageSize = options.pageSize ?? MAX_PAGE_SIZE;
  const schema = z.object({
    data: z.array(itemSchema),
    total_count: z.number(),
  });
  let given = new Set<string>();
  let { offset, total } = options.after ?? { offset: 0, total: 0 };
  while (true) {
    const params = new URLSearchParams({
      limit: String(pageSize),
      offset: String(offset),
      order_by: "+created_at",
    });
    const request = { task, path, params, signal };
    const page = await readRequired(requester, request, schema);
    const shrunkBy = Math.max(0, total - page.total_count);
    total = page.total_count;
    if (shrunkBy > 0 && offset > 0) {
      offset = Math.max(0, offset - shrunkBy);
      continue;
    }
    offset += page.data.length;
    const items = page.data.filter(({ id }) => !given.has(id));
    given = new Set(page.data.map(({ id }) => id));
    if (items.length > 0) yield { items, next: { offset, total } };
    if (page.data.length === 0 || offset >= total) return;
  }
}
