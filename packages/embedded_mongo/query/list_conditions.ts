/**
 * Lists what a filter demands of every document, one condition at a time.
 *
 * Top level and `$and` only; other operators for whole filters are conditions of
 * their own, under their name as path.
 */

import { BSONRegExp } from "bson";
import { type Document, isDocument } from "../bson/document.ts";
import { isOperatorObject } from "./compile_filter.ts";

/** One demand of a filter. */
export interface Condition {
  readonly path: string;
  /** `$regex` for a regular expression beside a path, `$eq` for another value. */
  readonly operator: string;
  readonly operand: unknown;
  /** The operators that stand beside this one, `$options` among them. */
  readonly siblings: Document;
}

/**
 * Lists the conditions of a filter.
 *
 * @param filter The filter as the client sent it.
 * @returns All of them; a document that matches satisfies each.
 */
export function listConditions(filter: Document): Condition[] {
  return Object.entries(filter).flatMap(([path, operand]): Condition[] => {
    if (path === "$and" && Array.isArray(operand)) {
      return operand.filter(isDocument).flatMap(listConditions);
    }
    if (!isOperatorObject(operand)) {
      const operator = operand instanceof BSONRegExp ? "$regex" : "$eq";
      return [{ path, operator, operand, siblings: {} }];
    }
    return Object.entries(operand).map(([operator, value]) => ({
      path,
      operator,
      operand: value,
      siblings: operand,
    }));
  });
}
