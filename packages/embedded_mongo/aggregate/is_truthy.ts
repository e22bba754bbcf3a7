/** What counts as true in an expression. */

import { isNumeric } from "../bson/numbers.ts";

/** Whether a value is true to MongoDB: all are but null, nothing, false and zero. */
export function isTruthy(value: unknown): boolean {
  if (isNumeric(value)) return Number(String(value)) !== 0;
  return value !== undefined && value !== null && value !== false;
}
