/**
 * Runs MongoDB's regular expressions (PCRE) on JavaScript's engine.
 *
 * Options i, m, s, u and x are honoured. A pattern that JavaScript cannot
 * compile, PCRE-only syntax included, is refused rather than approximated.
 */

import { MongoError, refuse } from "../errors.ts";

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
    throw new MongoError(
      "BadValue",
      `invalid flag in regex options: ${unknown}`,
    );
  }
  const source = options.includes("x") ? stripExtended(pattern) : pattern;
  const inline = /^\(\?([ims]+)\)/.exec(source);
  const flags = new Set(
    [...options, ...(inline?.[1] ?? "")].filter((flag) => "ims".includes(flag)),
  );
  const body = inline ? source.slice(inline[0].length) : source;
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

/** Drops white space and comments outside classes, as option x asks. */
function stripExtended(pattern: string): string {
  return pattern.replace(
    /\\.|\[(?:\\.|[^\]])*\]|\s+|#.*/g,
    (part) => /^(\s|#)/.test(part) ? "" : part,
  );
}
