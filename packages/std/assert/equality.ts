/**
 * Assertions on equality and on the shape of a value.
 *
 * Signatures are those of `@std/assert`; the difference that is printed comes
 * from node:assert, so its layout is not the original's.
 */
import { AssertionError as NodeAssertionError } from "node:assert";
import { inspect } from "node:util";
import { AssertionError, toMessageSuffix } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Asserts deep equality.
 *
 * @param actual What was seen.
 * @param expected What is right.
 * @param msg Put before the printed difference.
 * @throws {AssertionError} when they differ.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${toMessageSuffix(msg)}\n${
      describeDifference(actual, expected, "deepStrictEqual")
    }`,
  );
}

/**
 * Asserts that two values are not deeply equal.
 *
 * @param actual What was seen.
 * @param expected What it must not be.
 * @param msg Added to the error.
 * @throws {AssertionError} when they are equal.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Asserts that two values are one and the same, by `Object.is`.
 *
 * @param actual What was seen.
 * @param expected What is right.
 * @param msg Put before the printed difference.
 * @throws {AssertionError} when they are not the same.
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(
    `Values are not strictly equal${toMessageSuffix(msg)}\n${
      describeDifference(actual, expected, "strictEqual")
    }`,
  );
}

/**
 * Asserts that every expected element is in the list, in any order.
 *
 * @param actual The list.
 * @param expected What has to be among it.
 * @param msg Added to the error.
 * @throws {AssertionError} when one is missing; the error names them.
 */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((item) =>
    !present.some((other) => equal(item, other))
  );
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${inspect(actual)}" to include: "${inspect(expected)}"${
      toMessageSuffix(msg)
    }\nmissing: ${inspect(missing)}`,
  );
}

/**
 * Asserts that an object has at least the expected properties, at any depth.
 *
 * @param actual The object, which may have more.
 * @param expected The properties that count.
 * @param msg Put before the printed difference.
 * @throws {AssertionError} when a property is missing or differs.
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the original's signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(
    project(actual, expected, new Map()),
    project(expected, expected, new Map()),
    msg,
  );
}

function describeDifference(
  actual: unknown,
  expected: unknown,
  operator: string,
): string {
  const { message } = new NodeAssertionError({ actual, expected, operator });
  return message.slice(message.indexOf("\n") + 1);
}

/** The part of `value` that `pattern` mentions, prototypes dropped. */
function project(
  value: unknown,
  pattern: unknown,
  seen: Map<unknown, unknown>,
): unknown {
  if (!isPlain(value) || !isPlain(pattern)) return value;
  if (seen.has(value)) return seen.get(value);
  if (Array.isArray(value) !== Array.isArray(pattern)) return value;
  const kept: object = Array.isArray(value) ? [] : {};
  seen.set(value, kept);
  for (const key of Reflect.ownKeys(pattern)) {
    if (key === "length" || !(key in value)) continue;
    Reflect.set(
      kept,
      key,
      project(Reflect.get(value, key), Reflect.get(pattern, key), seen),
    );
  }
  return kept;
}

/** Dates, maps and the like are compared whole. */
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !(value instanceof Date || value instanceof RegExp ||
      value instanceof Map || value instanceof Set ||
      ArrayBuffer.isView(value));
}
