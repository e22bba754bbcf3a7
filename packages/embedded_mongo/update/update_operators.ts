/**
 * MongoDB's update operators, one entry each: what a value becomes.
 *
 * Each takes its operand once and returns a function of the value at the path;
 * undefined stands for a missing field. Paths, order and conflicts are the
 * concern of compile_update.ts, `$rename` too.
 */

import { BSONRegExp, Timestamp } from "bson";
import { areEqual, compareValues } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { add, isNumeric, multiply, toSafeInteger } from "../bson/numbers.ts";
import { badValue, MongoError } from "../errors.ts";
import { compileFilter, isOperatorObject } from "../query/compile_filter.ts";
import { compileSortKey, parseSort, sortByKey } from "../query/compile_sort.ts";

/** What an operator may ask about the update it is part of. */
export interface UpdateMoment {
  /** Whether an upsert is inserting. */
  readonly isInsert: boolean;
  /** The instant for `$currentDate`. */
  readonly now: Date;
}

/** A change of one value. */
export type ValueChange = (value: unknown, moment: UpdateMoment) => unknown;

interface UpdateOperator {
  /** Whether missing documents on the way are created. */
  readonly creates: boolean;
  readonly compile: (operand: unknown, path: string) => ValueChange;
}

/** The operators by name. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: creating((operand) => () => operand),
  $setOnInsert: creating((operand) => (value, { isInsert }) =>
    isInsert ? operand : value
  ),
  $unset: { creates: false, compile: () => () => undefined },
  $inc: creating((operand, path) => compileArithmetic("$inc", operand, path)),
  $mul: creating((operand, path) => compileArithmetic("$mul", operand, path)),
  $min: creating((operand) => (value) =>
    value === undefined || compareValues(operand, value) < 0 ? operand : value
  ),
  $max: creating((operand) => (value) =>
    value === undefined || compareValues(operand, value) > 0 ? operand : value
  ),
  $currentDate: creating(compileCurrentDate),
  $push: creating(compilePush),
  $addToSet: creating(compileAddToSet),
  $pop: { creates: false, compile: compilePop },
  $pull: {
    creates: false,
    compile: (operand, path) => compilePull(compilePullTest(operand), path),
  },
  $pullAll: {
    creates: false,
    compile: (operand, path) => compilePull(compilePullAllTest(operand), path),
  },
};

function creating(compile: UpdateOperator["compile"]): UpdateOperator {
  return { creates: true, compile };
}

function compileArithmetic(
  name: "$inc" | "$mul",
  operand: unknown,
  path: string,
): ValueChange {
  if (!isNumeric(operand)) {
    const verb = name === "$inc" ? "increment" : "multiply";
    throw new MongoError(
      "TypeMismatch",
      `Cannot ${verb} with non-numeric argument: {${path}}`,
    );
  }
  return (value) => {
    if (value === undefined) {
      return name === "$inc" ? operand : multiply(operand, 0);
    }
    if (!isNumeric(value)) {
      throw new MongoError(
        "TypeMismatch",
        `Cannot apply ${name} to a value of non-numeric type: field '${path}'`,
      );
    }
    return name === "$inc" ? add(value, operand) : multiply(value, operand);
  };
}

function compileCurrentDate(operand: unknown): ValueChange {
  const type = isDocument(operand) ? operand.$type : operand;
  if (type === true || type === false || type === "date") {
    return (_value, { now }) => now;
  }
  if (type === "timestamp") {
    return (_value, { now }) =>
      new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  }
  throw badValue("$currentDate needs true or { $type: 'date' | 'timestamp' }");
}

function requireArray(value: unknown, path: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw badValue(`The field '${path}' must be an array`);
}

function compilePush(operand: unknown, path: string): ValueChange {
  const modifiers = isDocument(operand) && "$each" in operand
    ? operand
    : { $each: [operand] };
  const items = readEach(modifiers, "$push", ["$position", "$slice", "$sort"]);
  const position = readInteger(modifiers, "$position");
  const slice = readInteger(modifiers, "$slice");
  const order = compilePushSort(modifiers.$sort);
  return (value) => {
    const array = requireArray(value, path).slice();
    array.splice(position ?? array.length, 0, ...items);
    const sorted = order ? order(array) : array;
    if (slice === undefined) return sorted;
    return slice < 0 ? sorted.slice(slice) : sorted.slice(0, slice);
  };
}

function readEach(
  modifiers: Document,
  name: string,
  allowed: readonly string[],
): unknown[] {
  const unknown = Object.keys(modifiers).find((key) =>
    key !== "$each" && !allowed.includes(key)
  );
  if (unknown !== undefined) {
    throw badValue(`Unrecognized clause in ${name}: ${unknown}`);
  }
  if (!Array.isArray(modifiers.$each)) {
    throw new MongoError(
      name === "$push" ? "BadValue" : "TypeMismatch",
      `The argument to $each in ${name} must be an array`,
    );
  }
  return modifiers.$each;
}

function readInteger(modifiers: Document, name: string): number | undefined {
  if (!(name in modifiers)) return undefined;
  const integer = toSafeInteger(modifiers[name]);
  if (integer === undefined) {
    throw badValue(`The value for ${name} must be an integer`);
  }
  return integer;
}

/** A number sorts the elements themselves, a document by their fields. */
function compilePushSort(sort: unknown) {
  if (sort === undefined) return undefined;
  const isByField = isDocument(sort);
  const readKey = compileSortKey(parseSort(isByField ? sort : { v: sort }));
  return (items: readonly unknown[]) =>
    sortByKey(items.map((item) => ({
      item,
      key: readKey(isByField ? isDocument(item) ? item : {} : { v: [item] }),
    }))).map(({ item }) => item);
}

function compileAddToSet(operand: unknown, path: string): ValueChange {
  const items = isDocument(operand) && "$each" in operand
    ? readEach(operand, "$addToSet", [])
    : [operand];
  return (value) => {
    const array = requireArray(value, path).slice();
    for (const item of items) {
      if (!array.some((member) => areEqual(member, item))) array.push(item);
    }
    return array;
  };
}

function compilePop(operand: unknown, path: string): ValueChange {
  const end = toSafeInteger(operand);
  if (end !== 1 && end !== -1) {
    throw new MongoError("FailedToParse", "$pop expects 1 or -1");
  }
  return (value) => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      throw new MongoError(
        "TypeMismatch",
        `Path '${path}' contains an element of non-array type`,
      );
    }
    return end === 1 ? value.slice(0, -1) : value.slice(1);
  };
}

function compilePull(
  matches: (item: unknown) => boolean,
  path: string,
): ValueChange {
  return (value) =>
    value === undefined
      ? undefined
      : requireArray(value, path).filter((item) => !matches(item));
}

function compilePullTest(operand: unknown): (item: unknown) => boolean {
  if (isOperatorObject(operand) || operand instanceof BSONRegExp) {
    const filter = compileFilter({ v: operand });
    return (item) => filter({ v: item });
  }
  if (!isDocument(operand)) return (item) => areEqual(item, operand);
  const filter = compileFilter(operand);
  return (item) => isDocument(item) && filter(item);
}

function compilePullAllTest(operand: unknown): (item: unknown) => boolean {
  if (!Array.isArray(operand)) {
    throw badValue("$pullAll requires an array argument");
  }
  return (item) => operand.some((unwanted) => areEqual(item, unwanted));
}
