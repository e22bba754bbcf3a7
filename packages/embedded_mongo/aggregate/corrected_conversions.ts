/**
 * `$convert` and its short forms, built on mingo's.
 *
 * mingo takes an empty array and an empty text for zero, and truth for the year
 * 1970. Targets that it does not have are refused.
 */

import { evalExpr } from "mingo/core";
import type { Any } from "mingo/types";
import { type Document, isDocument } from "../bson/document.ts";
import { rejectInexact } from "../bson/numbers.ts";
import { MongoError, refuse } from "../errors.ts";
import type { Operator } from "./mingo_context.ts";

/** The short forms, with what `$convert` calls their targets. */
const TARGETS: Readonly<Record<string, string>> = {
  $toBool: "bool",
  $toDate: "date",
  $toDouble: "double",
  $toInt: "int",
  $toLong: "long",
  $toString: "string",
};

/**
 * Corrects the conversions.
 *
 * @param find mingo's own operator of a name.
 * @returns The corrected operators by name.
 */
export function correctConversions(
  find: (name: string) => Operator,
): Record<string, Operator> {
  const convert = (
    value: unknown,
    name: string,
    ...[object, , options]: Parameters<Operator>
  ) => {
    rejectInexact(value);
    if (value === undefined || value === null) return null;
    let reason = "";
    try {
      const literal = { $literal: value } as Any;
      const isFit = isConvertible(value, TARGETS[name]!);
      if (isFit) return find(name)(object, literal, options);
    } catch (error) {
      reason = error instanceof Error ? `: ${error.message}` : "";
    }
    throw new MongoError(
      "ConversionFailure",
      `Cannot convert to ${TARGETS[name]}${reason}`,
    );
  };
  const short = Object.keys(TARGETS).map((name): [string, Operator] => [
    name,
    (...use) => convert(evalExpr(...use), name, ...use),
  ]);
  const $convert: Operator = (...use) => {
    const [object, expression, options] = use;
    const { input, to, onError, onNull } = expression as Document;
    const evaluate = (part: unknown) => evalExpr(object, part as Any, options);
    const value = evaluate(input);
    if (value == null && onNull !== undefined) return evaluate(onNull);
    const target = String(evaluate(to));
    const name = Object.keys(TARGETS).find((key) => TARGETS[key] === target);
    if (name === undefined) throw refuse(`$convert to ${target}`);
    try {
      return convert(value, name, ...use);
    } catch (error) {
      const isFailure = error instanceof MongoError &&
        error.codeName === "ConversionFailure";
      if (isFailure && onError !== undefined) return evaluate(onError);
      throw error;
    }
  };
  return { ...Object.fromEntries(short), $convert };
}

function isConvertible(value: unknown, target: string): boolean {
  if (target === "bool" || target === "string") return true;
  if (target === "date" && typeof value === "boolean") return false;
  if (target === "int" && value instanceof Date) return false;
  return value !== "" && !Array.isArray(value) && !isDocument(value);
}
