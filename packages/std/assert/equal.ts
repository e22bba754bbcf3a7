/**
 * Deep equality with the rules of `@std/assert`.
 *
 * They differ from node's `isDeepStrictEqual` where a test notices: `0` equals
 * `-0`, and a prototype of `null` equals `Object.prototype`. Getters of a class
 * count as properties, as in the original. Cycles are followed once.
 */

type Entries = ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>;

/** Classes whose text says all there is to compare. */
const COMPARED_AS_TEXT = [RegExp, URL, URLSearchParams, Intl.Locale, ...[
  Temporal.Duration,
  Temporal.Instant,
  Temporal.PlainDate,
  Temporal.PlainDateTime,
  Temporal.PlainTime,
  Temporal.PlainYearMonth,
  Temporal.PlainMonthDay,
  Temporal.ZonedDateTime,
]];

/**
 * Tells whether two values are deeply equal.
 *
 * @param a One value.
 * @param b The other.
 * @returns Whether a test would call them the same.
 * @throws {TypeError} when a WeakMap or WeakSet is to be compared.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

type Seen = Map<object, object>;

function compare(a: unknown, b: unknown, seen: Seen): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (readPrototype(a) !== readPrototype(b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof WeakRef && b instanceof WeakRef) {
    return compare(a.deref(), b.deref(), seen);
  }
  if (isBuffer(a) && isBuffer(b)) {
    return compare(new Uint8Array(a), new Uint8Array(b), seen);
  }
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (isEntries(a) && isEntries(b)) return compareEntries(a, b, seen);
  if (COMPARED_AS_TEXT.some((type) => readPrototype(a) === type.prototype)) {
    return String(a) === String(b);
  }
  return compareProperties(a, b, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function readPrototype(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isBuffer(value: object): value is ArrayBuffer | SharedArrayBuffer {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function isEntries(value: object): value is Entries {
  return value instanceof Set || value instanceof Map;
}

/** Keys may be objects, so each entry looks for an equal one on the other side. */
function compareEntries(a: Entries, b: Entries, seen: Seen): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set([...b.entries()]);
  for (const entry of a.entries()) {
    const match = findEntry(entry, rest, b, seen);
    if (match === undefined) return false;
    rest.delete(match);
  }
  return true;
}

type Entry = [unknown, unknown];

function findEntry(
  [key, value]: Entry,
  rest: ReadonlySet<Entry>,
  whole: Entries,
  seen: Seen,
): Entry | undefined {
  if (!isObject(key) && !whole.has(key)) return undefined;
  for (const entry of rest) {
    if (!isObject(key) && key !== entry[0] && !Object.is(key, entry[0])) {
      continue;
    }
    // A failed attempt must leave no trace among the pairs taken for equal.
    const attempt = new Map(seen);
    if (
      compare(key, entry[0], attempt) && compare(value, entry[1], attempt)
    ) return entry;
  }
  return undefined;
}

function compareProperties(a: object, b: object, seen: Seen): boolean {
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  const keys = new Set([...listKeys(a), ...listKeys(b)]);
  for (const key of keys) {
    if ((key in a) !== (key in b)) return false;
    if (!compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

/**
 * Of plain objects, lists and bytes what can be enumerated; of instances of a
 * class every key, those of their prototypes too.
 */
function listKeys(value: object): PropertyKey[] {
  const prototype = readPrototype(value);
  const isTypedArray = ArrayBuffer.isView(value) &&
    !(value instanceof DataView);
  if (
    isTypedArray || prototype === Object.prototype ||
    prototype === Array.prototype
  ) return Reflect.ownKeys({ ...value });
  const keys: PropertyKey[] = [];
  for (
    let current: object | null = value;
    current !== null && current !== Object.prototype &&
    current !== Array.prototype;
    current = Object.getPrototypeOf(current)
  ) keys.push(...Reflect.ownKeys(current));
  return keys;
}
