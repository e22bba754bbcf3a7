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
const pair = { x: 1, y: 2 };

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
    "assertObjectMatch in a ring",
    () => assertObjectMatch(ring, { self: { self: { self: {} } } }),
  ],
  [
    "assertObjectMatch for one object in two places",
    () => assertObjectMatch({ a: pair, b: pair }, { a: { x: 1 }, b: { y: 2 } }),
  ],
  [
    "assertObjectMatch for what sets and maps have in common",
    () =>
      assertObjectMatch({ a: new Set([1, 2]), b: new Map([[1, pair]]) }, {
        a: new Set([2]),
        b: new Map([[1, { x: 1 }]]),
      }),
  ],
  [
    "assertThrows",
    () => assertThrows(() => JSON.parse("{"), SyntaxError, "JSON"),
  ],
  [
    "assertThrows whatever the colours",
    () =>
      assertThrows(
        () => {
          throw new Error("\x1b[31mred\x1b[39m ink");
        },
        Error,
        "red ink",
      ),
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
  [
    "assertThrows with a class that is none of errors",
    () => assertThrows(() => JSON.parse("{"), Date as never),
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

const MESSAGES: [string, () => void, string][] = [
  [
    "assertNotEquals",
    () => assertNotEquals(["a"], ["a"]),
    'Expected actual: [\n  "a",\n] not to be: [\n  "a",\n].',
  ],
  [
    "assertStrictEquals",
    () => assertStrictEquals({ a: 1 }, { a: 1 }, "hm"),
    "Values have the same structure but are not reference-equal: hm\n\n" +
    "    {\n      a: 1,\n    }\n",
  ],
  [
    "assertInstanceOf",
    () => assertInstanceOf(Point, Point),
    'Expected object to be an instance of "Point" but was not an instanced object.',
  ],
  [
    "assertAlmostEquals",
    () => assertAlmostEquals(1.5, 2, 0.25),
    'Expected actual: "1.5e+0" to be close to "2": delta "5e-1" is greater than "2.5e-1".',
  ],
  [
    "assertThrows",
    () => assertThrows(() => JSON.parse("{"), RangeError),
    'Expected error to be instance of "RangeError", but was "SyntaxError".',
  ],
  [
    "assertThrows",
    () =>
      assertThrows(
        () => {
          throw new Error("yes");
        },
        Error,
        "no",
        "hm",
      ),
    'Expected error message to include "no", but got "yes": hm',
  ],
];
for (const [name, fn, expected] of MESSAGES) {
  Deno.test(`${name}() fails in the words "${expected.slice(0, 38)}"`, () => {
    const { message } = failure(fn);
    if (message !== expected) throw new Error(message);
  });
}

Deno.test("assertObjectMatch() refuses what is no object", () => {
  const fn = () => assertObjectMatch(1 as unknown as object, {});
  assertThrows(fn, TypeError, "Cannot assertObjectMatch type number");
});

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
