import { equal } from "@std/assert";

class Point {
  constructor(readonly x: number) {}
}
const ring: { self?: unknown } = {};
ring.self = ring;
const otherRing: { self?: unknown } = {};
otherRing.self = otherRing;

/** An object with a property that `Object.keys` does not list. */
function hidden(value: unknown): object {
  return Object.defineProperty({}, "hidden", { value, enumerable: false });
}

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
  [
    "views of other bytes",
    new DataView(new ArrayBuffer(1)),
    new DataView(Uint8Array.of(1).buffer),
    false,
  ],
  [
    "buffers of other bytes",
    Uint8Array.of(1).buffer,
    new ArrayBuffer(1),
    false,
  ],
  [
    "a float that is no number",
    Float32Array.of(NaN),
    Float32Array.of(NaN),
    true,
  ],
  ["keys that are not enumerated", hidden(1), hidden(2), true],
  [
    "days",
    Temporal.PlainDate.from("2026-01-01"),
    Temporal.PlainDate.from("2026-01-02"),
    false,
  ],
  ["errors of other texts", new Error("a"), new Error("b"), false],
  ["functions", () => 1, () => 1, false],
];

for (const [what, a, b, expected] of EQUALITY) {
  Deno.test(`equal() says ${expected} for ${what}`, () => {
    if (equal(a, b) !== expected) throw new Error("Cannot agree");
  });
}

Deno.test("equal() pairs the objects of a set off; the original does not", () => {
  // Both of the first find `{ a: 1 }`, and nobody looks for `{ b: 2 }`.
  const twice = new Set([{ a: 1 }, { a: 1 }]);
  if (equal(twice, new Set<unknown>([{ a: 1 }, { b: 2 }]))) {
    throw new Error("Cannot agree");
  }
});
