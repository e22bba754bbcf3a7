/**
 * Walks a list of Clerk's that pages by offset only: organizations and
 * memberships, oldest first.
 *
 * A deletion between two pages moves the rest forward; the walk notices that
 * `total_count` has shrunk and steps back as far. Given twice within a page's
 * reach is given once. Not promised: a deletion and a creation between the same
 * two pages look like no change at all.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, ListOrganizations,
 * InstanceGetOrganizationMemberships, ListOrganizationMemberships.
 */

import { z } from "zod";
import type { ClerkRequester } from "./clerk_request.ts";
import { readRequired } from "./read_parsed.ts";

/** Which list, and how. */
export interface ListByOffsetOptions<Item> {
  /** In the words of an error: `list organizations`. */
  readonly task: string;
  /** Below `/v1`. */
  readonly path: string;
  readonly itemSchema: z.ZodType<Item>;
  /** Items in a page, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_PAGE_SIZE = 500; // Clerk's maximum

/**
 * Walks the whole list.
 *
 * @param requester Of which instance.
 * @param options Which list.
 * @returns Pages that are never empty.
 * @throws {ClerkApiError} when a page cannot be had.
 */
export async function* listByOffset<Item extends { readonly id: string }>(
  requester: ClerkRequester,
  options: ListByOffsetOptions<Item>,
): AsyncGenerator<Item[], void, void> {
  const { task, path, itemSchema, signal } = options;
  const pageSize = options.pageSize ?? MAX_PAGE_SIZE;
  const schema = z.object({
    data: z.array(itemSchema),
    total_count: z.number(),
  });
  let given = new Set<string>();
  let lastTotal = 0;
  for (let offset = 0;;) {
    const params = new URLSearchParams({
      limit: String(pageSize),
      offset: String(offset),
      order_by: "+created_at",
    });
    const request = { task, path, params, signal };
    const page = await readRequired(requester, request, schema);
    const shrunkBy = Math.max(0, lastTotal - page.total_count);
    lastTotal = page.total_count;
    if (shrunkBy > 0 && offset > 0) {
      offset = Math.max(0, offset - shrunkBy);
      continue;
    }
    const items = page.data.filter(({ id }) => !given.has(id));
    if (items.length > 0) yield items;
    given = new Set(page.data.map(({ id }) => id));
    offset += page.data.length;
    if (page.data.length === 0 || offset >= page.total_count) return;
  }
}
