import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";

/** Runs `fn`, which has to fail, without the code under test doing the judging. */
function failure(fn: () => void): AssertionError {
  try {
    fn();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error("Cannot use the result: the assertion held");
}

class Point {
  constructor(readonly x: number) {}
}
const ring: { self?: unknown } = {};
ring.self = ring;
const otherRing: { self?: unknown } = {};
otherRing.self = otherRing;

const EQUALITY: [string, unknown, unknown, boolean][] = [
  ["0 and -0", 0, -0, true],
  ["NaN", NaN, NaN, true],
  ["a null prototype", Object.create(null), {}, true],
  ["nested objects", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
  ["undefined and missing", { a: undefined }, {}, false],
  ["undefined against another key", { a: undefined }, { b: undefined }, false],
  ["dates", new Date(1), new Date(1), true],
  ["other dates", new Date(1), new Date(2), false],
  ["classes", new Point(1), { x: 1 }, false],
  ["instances", new Point(1), new Point(1), true],
  ["sets of objects", new Set([{ a: 1 }]), new Set([{ a: 1 }]), true],
  ["other sets", new Set([{ a: 1 }]), new Set([{ a: 2 }]), false],
  [
    "maps in another order",
    new Map([[1, 2], [3, 4]]),
    new Map([[3, 4], [1, 2]]),
    true,
  ],
  ["maps with other values", new Map([[1, 2]]), new Map([[1, 3]]), false],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2]), true],
  ["other bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
  ["addresses", new URL("http://a/"), new URL("http://b/"), false],
  ["patterns", /a/g, /a/g, true],
  ["rings", ring, otherRing, true],
  ["symbol keys", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }, false],
  ["an array and an object", [], {}, false],
  ["functions", () => 1, () => 1, false],
];

for (const [what, a, b, expected] of EQUALITY) {
  Deno.test(`equal() says ${expected} for ${what}`, () => {
    if (equal(a, b) !== expected) throw new Error("Cannot agree");
  });
}

Deno.test("assertEquals() prints the difference after the caller's words", () => {
  const { message } = failure(() => assertEquals({ a: 1 }, { a: 2 }, "hm"));
  assertMatch(message, /^Values are not equal: hm\n[^]*\+ {3}a: 1\n- {3}a: 2/);
});

const HOLDS: [string, () => void][] = [
  ["assert", () => assert(1)],
  ["assertFalse", () => assertFalse(0)],
  ["assertEquals", () => assertEquals([1], [1])],
  ["assertNotEquals", () => assertNotEquals([1], [2])],
  ["assertStrictEquals", () => assertStrictEquals(NaN, NaN)],
  ["assertExists", () => assertExists(0)],
  ["assertInstanceOf", () => assertInstanceOf(new Point(1), Point)],
  ["assertStringIncludes", () => assertStringIncludes("abc", "b")],
  ["assertMatch", () => assertMatch("abc", /b/)],
  ["assertNotMatch", () => assertNotMatch("abc", /d/)],
  ["assertGreater", () => assertGreater(2, 1)],
  ["assertGreaterOrEqual", () => assertGreaterOrEqual(1, 1)],
  ["assertLess", () => assertLess(new Date(1), new Date(2))],
  ["assertLessOrEqual", () => assertLessOrEqual(1n, 1n)],
  ["assertAlmostEquals", () => assertAlmostEquals(0.1 + 0.2, 0.3)],
  ["assertArrayIncludes", () => assertArrayIncludes([{ a: 1 }, 2], [{ a: 1 }])],
  [
    "assertObjectMatch",
    () =>
      assertObjectMatch({ a: { b: 1, c: 2 }, d: [1, 2] }, {
        a: { b: 1 },
        d: [1],
      }),
  ],
  [
    "assertObjectMatch with instances",
    () => assertObjectMatch({ at: new Point(1) }, { at: { x: 1 } }),
  ],
  [
    "assertThrows",
    () => assertThrows(() => JSON.parse("{"), SyntaxError, "JSON"),
  ],
];
const FAILS: [string, () => void][] = [
  ["assert", () => assert("")],
  ["assertFalse", () => assertFalse(1)],
  ["assertEquals", () => assertEquals([1], [2])],
  ["assertNotEquals", () => assertNotEquals([1], [1])],
  ["assertStrictEquals", () => assertStrictEquals([], [])],
  ["assertExists", () => assertExists(null)],
  ["assertInstanceOf", () => assertInstanceOf(null, Point)],
  ["assertStringIncludes", () => assertStringIncludes("abc", "d")],
  ["assertMatch", () => assertMatch("abc", /d/)],
  ["assertNotMatch", () => assertNotMatch("abc", /b/)],
  ["assertGreater", () => assertGreater(1, 1)],
  ["assertGreaterOrEqual", () => assertGreaterOrEqual(1, 2)],
  ["assertLess", () => assertLess(1, 1)],
  ["assertLessOrEqual", () => assertLessOrEqual(2, 1)],
  ["assertAlmostEquals", () => assertAlmostEquals(0.1, 0.2)],
  ["assertAlmostEquals with a tolerance", () => assertAlmostEquals(1, 2, 0.5)],
  ["assertArrayIncludes", () => assertArrayIncludes([1], [1, 2])],
  ["assertObjectMatch", () => assertObjectMatch({ a: 1 }, { a: 2 })],
  [
    "assertObjectMatch with a missing key",
    () => assertObjectMatch({ a: 1 }, { a: 1, b: 2 }),
  ],
  ["assertThrows", () => assertThrows(() => 1)],
  [
    "assertThrows with another class",
    () => assertThrows(() => JSON.parse("{"), RangeError),
  ],
  [
    "assertThrows with another text",
    () => assertThrows(() => JSON.parse("{"), SyntaxError, "yaml"),
  ],
  ["fail", () => fail()],
  ["unreachable", () => unreachable()],
];

for (const [name, fn] of HOLDS) {
  Deno.test(`${name}() holds`, fn);
}
for (const [name, fn] of FAILS) {
  Deno.test(`${name}() fails with an AssertionError`, () => {
    failure(fn);
  });
}

Deno.test("assertThrows() returns the error, typed", () => {
  const error = assertThrows(() => {
    throw new RangeError("out");
  }, RangeError);
  assertEquals(error.message, "out");
});

Deno.test("assertRejects() returns the reason", async () => {
  const error = await assertRejects(
    () => Promise.reject(new TypeError("no")),
    TypeError,
    "no",
  );
  assertEquals(error.message, "no");
});

Deno.test("assertRejects() fails when the promise resolves", async () => {
  const error = await assertRejects(
    () => assertRejects(() => Promise.resolve(), "hm"),
  );
  assertInstanceOf(error, AssertionError);
  assertEquals(error.message, "Expected function to reject: hm");
});

Deno.test("assertRejects() fails when the function throws right away", async () => {
  const error = await assertRejects(() =>
    assertRejects(() => {
      throw new Error("now");
    })
  );
  assertInstanceOf(error, AssertionError);
});

Deno.test("assertExists() narrows the type", () => {
  const value: string | undefined = ["a"].at(0);
  assertExists(value);
  assertEquals(value.length, 1);
});
