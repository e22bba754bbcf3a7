/**
 * Comparing the part of a value that a pattern mentions.
 *
 * As in `@std/assert`, lists are compared as far as the shorter one goes, of
 * sets and maps counts what both have, dates and patterns count whole, and the
 * class of an object does not matter.
 */
import { assertEquals } from "./equality.ts";

/**
 * Asserts that an object has at least the expected properties, at any depth.
 *
 * @param actual The object, which may have more.
 * @param expected The properties that count.
 * @param msg Put before the printed difference.
 * @throws {AssertionError} when a property is missing or differs.
 * @throws {TypeError} when `actual` is no object.
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the original's signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (!isObject(actual)) {
    const kind = actual === null ? "null" : `type ${typeof actual}`;
    throw new TypeError(`Cannot assertObjectMatch ${kind}`);
  }
  assertEquals<unknown>(
    projectObject(actual, expected, new Map()),
    projectObject(expected, expected, new Map()),
    msg,
  );
}

/** The pattern that a value was last held against, so that rings end. */
type Seen = Map<object, object>;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function project(value: unknown, pattern: unknown, seen: Seen): unknown {
  if (!isObject(value) || !isObject(pattern)) return value;
  if (value instanceof RegExp || value instanceof Date) return value;
  if (Array.isArray(value) && Array.isArray(pattern)) {
    return projectList(value, pattern, seen);
  }
  if (value instanceof Map && pattern instanceof Map) {
    return new Map(
      [...value].filter(([key]) => pattern.has(key))
        .map(([key, item]) => [
          key,
          isObject(item) && isObject(pattern.get(key))
            ? projectObject(item, pattern.get(key), seen)
            : item,
        ]),
    );
  }
  if (value instanceof Set && pattern instanceof Set) {
    return value.intersection(pattern);
  }
  return projectObject(value, pattern, seen);
}

function projectList(
  list: unknown[],
  pattern: unknown[],
  seen: Seen,
): unknown[] {
  if (seen.get(list) === pattern) return list;
  seen.set(list, pattern);
  return list.slice(0, pattern.length)
    .map((item, index) => project(item, pattern[index], seen));
}

/** Objects with no key in common are kept whole, for a telling difference. */
function projectObject(value: object, pattern: object, seen: Seen): object {
  if (seen.get(value) === pattern) return value;
  seen.set(value, pattern);
  const keys = Reflect.ownKeys(value);
  const wanted = Reflect.ownKeys(pattern);
  const common = keys.filter((key) => wanted.includes(key));
  const isForeign = common.length === 0 && wanted.length > 0;
  const kept = (isForeign ? keys : common).map(
    (key): [PropertyKey, unknown] => {
      const item: unknown = Reflect.get(value, key);
      return [
        key,
        isForeign ? item : project(item, Reflect.get(pattern, key), seen),
      ];
    },
  );
  return Object.fromEntries(kept);
}
