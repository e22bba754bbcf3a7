/**
 * One page of a long list, found by where the page before it ended.
 *
 * No page costs more than another however far down it is, and rows that arrive
 * meanwhile shift nothing. Rows whose sort field is null come last whatever the
 * direction. The cursor is plain text for the address bar: it grants nothing, and
 * one that cannot be read leads to the first page.
 */
import type { Collection, Document, Filter } from "mongodb";
import { z } from "zod";

/** The order of a list. An index on the field and `_id`, same direction, serves it. */
export interface KeysetOrder {
  readonly field: string;
  readonly direction: 1 | -1;
  /** Type of the values; others than this and null are not listed. */
  readonly type: "text" | "instant";
}

/** Which page. */
export interface KeysetRequest {
  readonly filter: Document;
  readonly order: KeysetOrder;
  /** `next` of the page before; null for the first. */
  readonly cursor: string | null;
  readonly limit: number;
  readonly projection?: Document;
}

/** Some rows and the way to the following ones. */
export interface KeysetPage<D> {
  readonly rows: readonly D[];
  /** Cursor of the next page; null after the last. */
  readonly next: string | null;
}

/** Where a page ended: the row's id, and its value unless that was null. */
interface Position {
  readonly id: string;
  readonly value: string | number | null;
}

const position = z.tuple([
  z.string(),
  z.union([z.string(), z.number(), z.null()]),
]);

/** No page is worth more of the server's time, ms. */
export const PAGE_TIMEOUT_MS = 5_000;

/**
 * Reads a page.
 *
 * @param collection Where from; ids are text.
 * @param request Filter, order and place.
 * @returns The rows and the next page's cursor.
 */
export async function readKeysetPage<D extends { _id: string }>(
  collection: Collection<D>,
  request: KeysetRequest,
): Promise<KeysetPage<D>> {
  const { order, limit } = request;
  const after = readCursor(request.cursor, order);
  const find = (conditions: Document[], sort: Record<string, 1 | -1>) =>
    collection
      .find({ $and: [request.filter, ...conditions] } as Filter<D>, {
        projection: request.projection ?? {},
        maxTimeMS: PAGE_TIMEOUT_MS,
      })
      .sort(sort);
  const { field, direction } = order;
  const rows: D[] = after?.value === null ? [] : await find(
    startAt(order, after),
    { [field]: direction, _id: direction },
  ).limit(limit + 1).toArray() as D[];
  if (rows.length <= limit) {
    const lastNull = after?.value === null ? after.id : undefined;
    const nulls = await find(
      startAtNull(order, lastNull),
      { _id: direction },
    ).limit(limit + 1 - rows.length).toArray() as D[];
    rows.push(...nulls);
  }
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? writeCursor(last, field) : null,
  };
}

/**
 * A condition that the index serves from the very place: the first part bounds
 * the walk, the second only skips the rows of the same value that were shown.
 */
function startAt(order: KeysetOrder, after: Position | undefined): Document[] {
  const { field, direction, type } = order;
  const isUp = direction === 1;
  const [inclusive, strict] = isUp ? ["$gte", "$gt"] : ["$lte", "$lt"];
  if (after === undefined) {
    const edge = type === "text"
      ? isUp ? "" : "\u{10ffff}"
      : new Date(isUp ? -MAX_DATE_MS : MAX_DATE_MS);
    return [{ [field]: { [inclusive]: edge } }];
  }
  const value = type === "text" ? after.value : new Date(Number(after.value));
  return [
    { [field]: { [inclusive]: value } },
    {
      $or: [{ [field]: { [strict]: value } }, { _id: { [strict]: after.id } }],
    },
  ];
}

const MAX_DATE_MS = 8_640_000_000_000_000; // ECMA-262: the last instant of a Date

function startAtNull(
  { field, direction }: KeysetOrder,
  lastId: string | undefined,
): Document[] {
  const isNull = { [field]: null };
  if (lastId === undefined) return [isNull];
  return [isNull, { _id: { [direction === 1 ? "$gt" : "$lt"]: lastId } }];
}

function writeCursor(row: { _id: string }, field: string): string {
  const value = field.split(".").reduce<unknown>(
    (part, name) =>
      part && typeof part === "object"
        ? (part as Record<string, unknown>)[name]
        : undefined,
    row,
  );
  const plain = value instanceof Date ? value.getTime() : value ?? null;
  const bytes = new TextEncoder().encode(JSON.stringify([row._id, plain]));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function readCursor(
  text: string | null,
  { type }: KeysetOrder,
): Position | undefined {
  if (text === null) return undefined;
  const parsed = position.safeParse(parseCursor(text));
  if (!parsed.success) return undefined;
  const [id, value] = parsed.data;
  const wanted = type === "text" ? "string" : "number";
  return value === null || typeof value === wanted ? { id, value } : undefined;
}

/** Undefined for what nobody here wrote. */
function parseCursor(text: string): unknown {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
