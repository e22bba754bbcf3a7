/**
 * Assertions on the equality of values.
 *
 * Signatures and wording are those of `@std/assert`; the difference that is
 * printed comes from node:assert, so its layout is not the original's.
 */
import { AssertionError as NodeAssertionError } from "node:assert";
import { AssertionError, toMessageSuffix } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { format } from "./format.ts";

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
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${
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
  const text = format(actual);
  if (text === format(expected)) {
    throw new AssertionError(
      `Values have the same structure but are not reference-equal${
        toMessageSuffix(msg)
      }\n\n${text.replace(/^/gm, "    ")}\n`,
    );
  }
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
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${
      toMessageSuffix(msg)
    }\nmissing: ${format(missing)}`,
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
