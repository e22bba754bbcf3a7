/**
 * Assertions on functions that are expected to fail.
 *
 * Both forms of `@std/assert` are here: with nothing but a message, and with an
 * error class and a part of the error's message.
 */
import { stripVTControlCharacters } from "node:util";
import { AssertionError, toMessageSuffix } from "./assertion_error.ts";

/** The class of an error, as both functions take it. */
// deno-lint-ignore no-explicit-any -- the original's signature
export type ErrorType<E extends Error> = abstract new (...args: any[]) => E;

/**
 * Asserts that a function throws.
 *
 * @param fn The function.
 * @param msg Added to the error.
 * @returns What was thrown.
 * @throws {AssertionError} when nothing is thrown.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class.
 *
 * @param fn The function.
 * @param ErrorClass The class.
 * @param msgIncludes What the error's message has to contain.
 * @param msg Added to the error.
 * @returns The error.
 * @throws {AssertionError} when nothing or something else is thrown.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorType<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorType<E> | string,
  includesOrMsg?: string,
  lastMsg?: string,
): unknown {
  const wanted = readExpectation(classOrMsg, includesOrMsg, lastMsg);
  try {
    fn();
  } catch (error) {
    return checkError(error, wanted, "thrown");
  }
  throw new AssertionError(
    `Expected function to throw${toMessageSuffix(wanted.msg)}`,
  );
}

/**
 * Asserts that a function returns a promise that rejects.
 *
 * @param fn The function.
 * @param msg Added to the error.
 * @returns The reason.
 * @throws {AssertionError} when it resolves, or throws instead.
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Asserts that a function returns a promise that rejects with an error of a
 * class.
 *
 * @param fn The function.
 * @param ErrorClass The class.
 * @param msgIncludes What the error's message has to contain.
 * @param msg Added to the error.
 * @returns The error.
 * @throws {AssertionError} when it resolves, throws, or rejects otherwise.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorType<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorType<E> | string,
  includesOrMsg?: string,
  lastMsg?: string,
): Promise<unknown> {
  const wanted = readExpectation(classOrMsg, includesOrMsg, lastMsg);
  const promise = startPromise(fn, wanted.msg);
  try {
    await promise;
  } catch (error) {
    return checkError(error, wanted, "rejected");
  }
  throw new AssertionError(
    `Expected function to reject${toMessageSuffix(wanted.msg)}`,
  );
}

interface Expectation {
  readonly type: ErrorType<Error> | undefined;
  readonly msgIncludes: string | undefined;
  readonly msg: string | undefined;
}

function readExpectation(
  classOrMsg: ErrorType<Error> | string | undefined,
  includesOrMsg: string | undefined,
  lastMsg: string | undefined,
): Expectation {
  if (typeof classOrMsg === "string") {
    return { type: undefined, msgIncludes: undefined, msg: classOrMsg };
  }
  return { type: classOrMsg, msgIncludes: includesOrMsg, msg: lastMsg };
}

function startPromise(
  fn: () => PromiseLike<unknown>,
  msg: string | undefined,
): PromiseLike<unknown> {
  const text = `Function throws when expected to reject${toMessageSuffix(msg)}`;
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch (cause) {
    throw new AssertionError(text, { cause });
  }
  if (typeof promise !== "object" || typeof promise?.then !== "function") {
    throw new AssertionError(text);
  }
  return promise;
}

function checkError(
  error: unknown,
  { type, msgIncludes, msg }: Expectation,
  verb: string,
): unknown {
  if (type === undefined) return error;
  if (!(error instanceof Error)) {
    throw new AssertionError(
      `A non-Error object was ${verb}${toMessageSuffix(msg)}`,
    );
  }
  if (!(error instanceof type)) {
    throw new AssertionError(
      `Expected error to be instance of "${type.name}", but was "${
        nameClass(error)
      }"${toMessageSuffix(msg)}`,
    );
  }
  if (!includesText(error.message, msgIncludes ?? "")) {
    throw new AssertionError(
      `Expected error message to include ${
        JSON.stringify(msgIncludes)
      }, but got ${JSON.stringify(error.message)}${toMessageSuffix(msg)}`,
    );
  }
  return error;
}

/** Colours of a terminal do not count. */
function includesText(message: string, part: string): boolean {
  return stripVTControlCharacters(message).includes(
    stripVTControlCharacters(part),
  );
}

function nameClass(error: Error): string {
  return error.constructor?.name;
}
