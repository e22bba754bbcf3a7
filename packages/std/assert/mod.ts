/**
 * The part of `@std/assert` that this code base uses, by the same names.
 *
 * It stands in where JSR cannot be reached; see ../README.md for what is left
 * out and which import-map line switches to the original.
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export {
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
} from "./equality.ts";
export { assertObjectMatch } from "./object_match.ts";
export { assertRejects, assertThrows, type ErrorType } from "./errors.ts";
export {
  assert,
  assertAlmostEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  fail,
  type Falsy,
  unreachable,
} from "./truth.ts";
