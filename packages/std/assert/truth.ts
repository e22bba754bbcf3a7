/**
 * Assertions on a single value: truth, presence, class, order, text.
 *
 * Signatures and wording follow `@std/assert`, narrowing included.
 */
import { AssertionError, toMessageSuffix } from "./assertion_error.ts";
import { format } from "./format.ts";

/**
 * Asserts that a condition holds, and narrows by it.
 *
 * @param expr The condition.
 * @param msg The whole error message, empty by default.
 * @throws {AssertionError} when it is falsy.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** What counts as false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/**
 * Asserts that a condition does not hold.
 *
 * @param expr The condition.
 * @param msg The whole error message, empty by default.
 * @throws {AssertionError} when it is truthy.
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/**
 * Asserts that a value is neither null nor undefined.
 *
 * @param actual The value.
 * @param msg Added to the error.
 * @throws {AssertionError} when it is missing.
 */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @param actual The value.
 * @param expectedType The class.
 * @param msg Added to the error.
 * @throws {AssertionError} when it is not.
 */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- the original's signature
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}"${
      describeType(actual, expectedType.name)
    }${toMessageSuffix(msg)}`,
  );
}

/**
 * Asserts that a text contains another.
 *
 * @param actual The text.
 * @param expected The part looked for.
 * @param msg Added to the error.
 * @throws {AssertionError} when it is not in there.
 */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Asserts that a text matches a pattern.
 *
 * @param actual The text.
 * @param expected The pattern.
 * @param msg Added to the error.
 * @throws {AssertionError} when it does not match.
 */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to match: "${expected}"${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Asserts that a text does not match a pattern.
 *
 * @param actual The text.
 * @param expected The pattern.
 * @param msg Added to the error.
 * @throws {AssertionError} when it matches.
 */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (!expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not match: "${expected}"${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Asserts `actual > expected`.
 *
 * @param actual The greater one.
 * @param expected The bound.
 * @param msg The whole error message.
 * @throws {AssertionError} when it is not greater.
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  assert(actual > expected, msg ?? describeOrder(actual, ">", expected));
}

/**
 * Asserts `actual >= expected`.
 *
 * @param actual The greater one.
 * @param expected The bound.
 * @param msg The whole error message.
 * @throws {AssertionError} when it is less.
 */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  assert(actual >= expected, msg ?? describeOrder(actual, ">=", expected));
}

/**
 * Asserts `actual < expected`.
 *
 * @param actual The lesser one.
 * @param expected The bound.
 * @param msg The whole error message.
 * @throws {AssertionError} when it is not less.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  assert(actual < expected, msg ?? describeOrder(actual, "<", expected));
}

/**
 * Asserts `actual <= expected`.
 *
 * @param actual The lesser one.
 * @param expected The bound.
 * @param msg The whole error message.
 * @throws {AssertionError} when it is greater.
 */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  assert(actual <= expected, msg ?? describeOrder(actual, "<=", expected));
}

/**
 * Asserts that two numbers are close.
 *
 * @param actual What was seen.
 * @param expected What is right.
 * @param tolerance Largest difference allowed; a ten-millionth of `expected`
 * by default.
 * @param msg Added to the error.
 * @throws {AssertionError} when they are further apart.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${print(actual)}" to be close to "${
      print(expected)
    }": delta "${print(delta)}" is greater than "${print(allowed)}"${
      toMessageSuffix(msg)
    }`,
  );
}

/**
 * Fails.
 *
 * @param msg Added to the error.
 * @throws {AssertionError} always.
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${toMessageSuffix(msg)}`);
}

/**
 * Marks a place that is never reached.
 *
 * @param msg Added to the error.
 * @throws {AssertionError} when it is reached.
 */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${toMessageSuffix(msg)}`);
}

/** Another class of the same name goes without words, as in the original. */
function describeType(value: unknown, expectedName: string): string {
  if (typeof value === "function") return " but was not an instanced object";
  const name = typeof value === "object" && value !== null
    ? value.constructor?.name ?? "Object"
    : value === null
    ? "null"
    : typeof value;
  return name === expectedName ? "" : ` but was "${name}"`;
}

function describeOrder(
  actual: unknown,
  order: string,
  expected: unknown,
): string {
  return `Expect ${format(actual)} ${order} ${format(expected)}`;
}

function print(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential();
}
