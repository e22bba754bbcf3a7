/**
 * Reading of query parameters with Clerk's limits and Clerk's complaints.
 *
 * A raw `+` in a URL is a space here, as in every form decoder, so that a client
 * that forgets to write `%2B` is told so by a 422.
 */

import {
  paramFormatInvalid,
  paramInvalid,
  paramListTooLong,
  paramTooLarge,
} from "./clerk_http_error.ts";

const MAX_VALUES = 100;
const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 10;

/** Which part of a result to give, as `limit` and `offset` say it. */
export interface PageBounds {
  readonly limit: number;
  readonly offset: number;
}

/**
 * Reads `limit` (1 to 500, default 10) and `offset` (default 0).
 *
 * @throws {ClerkHttpError} 422 when one of them is out of bounds.
 */
export function readPageBounds(params: URLSearchParams): PageBounds {
  const limit = readInteger(params, "limit") ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) throw paramTooLarge("limit", MAX_LIMIT);
  if (limit < 1) throw paramInvalid("limit", String(limit));
  const offset = readInteger(params, "offset") ?? 0;
  if (offset < 0) throw paramInvalid("offset", String(offset));
  return { limit, offset };
}

/**
 * Reads a whole number.
 *
 * @throws {ClerkHttpError} 422 when the text is none.
 */
export function readInteger(
  params: URLSearchParams,
  name: string,
): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw paramFormatInvalid(name);
  return Number(text);
}

/**
 * Reads `true` or `false`.
 *
 * @throws {ClerkHttpError} 422 when the text is neither.
 */
export function readBoolean(
  params: URLSearchParams,
  name: string,
): boolean | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (text !== "true" && text !== "false") throw paramInvalid(name, text);
  return text === "true";
}

/**
 * Reads a repeated key, at most 100 of it.
 *
 * @throws {ClerkHttpError} 422 when there are more.
 */
export function readList(params: URLSearchParams, name: string): string[] {
  const values = params.getAll(name);
  if (values.length > MAX_VALUES) throw paramListTooLong(name, MAX_VALUES);
  return values;
}

/** Ids to include and to exclude, from `id`, `+id` and `-id`. */
export interface SignedIds {
  readonly included: readonly string[];
  readonly excluded: ReadonlySet<string>;
}

/**
 * Reads a repeated key of ids with optional signs.
 *
 * @returns Undefined when the key is absent.
 * @throws {ClerkHttpError} 422 when there are more than 100.
 */
export function readSignedIds(
  params: URLSearchParams,
  name: string,
): SignedIds | undefined {
  const values = readList(params, name);
  if (values.length === 0) return undefined;
  return {
    included: values.filter((value) => !value.startsWith("-"))
      .map((value) => value.replace(/^\+/, "")),
    excluded: new Set(
      values.filter((value) => value.startsWith("-"))
        .map((value) => value.slice(1)),
    ),
  };
}

/** A field to sort by and a direction. */
export interface SortOrder<Field extends string> {
  readonly field: Field;
  readonly isDescending: boolean;
}

/**
 * Reads `order_by`; only the first of several counts.
 *
 * @param fields The fields that this endpoint sorts by.
 * @returns `-created_at` when the key is absent.
 * @throws {ClerkHttpError} 422 for any other field or sign.
 */
export function readOrderBy<Field extends string>(
  params: URLSearchParams,
  fields: readonly Field[],
): SortOrder<Field | "created_at"> {
  const text = params.get("order_by") ?? "-created_at";
  const name = text.replace(/^[+-]/, "");
  const field = fields.find((candidate) => candidate === name);
  if (field === undefined) throw paramInvalid("order_by", text);
  return { field, isDescending: text.startsWith("-") };
}
