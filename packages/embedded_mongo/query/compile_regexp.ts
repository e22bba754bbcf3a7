/**
 * Runs MongoDB's regular expressions (PCRE) on JavaScript's engine.
 *
 * Options i, m, s and u are honoured; x, which changes the syntax, is refused, and
 * so is a pattern that JavaScript cannot compile, PCRE-only syntax included, rather
 * than approximated.
 */

import { badValue, MongoError, refuse } from "../errors.ts";

/**
 * Compiles a pattern.
 *
 * @param pattern The pattern as the client sent it.
 * @param options MongoDB's option letters.
 * @returns A test on strings.
 * @throws {MongoError} BadValue for an unknown option, NotImplemented for a
 *   pattern outside JavaScript's syntax.
 */
export function compileRegExp(
  pattern: string,
  options: string,
): (text: string) => boolean {
  const unknown = options.replace(/[imsxu]/g, "");
  if (unknown !== "") {
    throw badValue(`invalid flag in regex options: ${unknown}`);
  }
  if (options.includes("x")) throw refuse("regular expression option x");
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const flags = new Set(
    [...options, ...(inline?.[1] ?? "")].filter((flag) => "ims".includes(flag)),
  );
  const body = inline ? pattern.slice(inline[0].length) : pattern;
  const regexp = toRegExp(body, [...flags].join(""));
  return (text) => regexp.test(text);
}

function toRegExp(source: string, flags: string): RegExp {
  if (/\(\?[>|#R&P+-]|\\[AzZGQEKRhHX]|\[\[:|[*+?}]\+/.test(source)) {
    throw refuse("PCRE-only regular expression syntax");
  }
  try {
    return new RegExp(source, flags + "u");
  } catch {
    // Identity escapes such as \- are legal in PCRE and without the u flag only.
  }
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new MongoError(
      "Location51091",
      `Regular expression is invalid: ${
        cause instanceof Error ? cause.message : ""
      }`,
    );
  }
}
