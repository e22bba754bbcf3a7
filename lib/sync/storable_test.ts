import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
} from "@std/assert";
import { deserialize, serialize } from "bson";
import fc from "fast-check";
import { toStorable } from "./storable.ts";

function throughBson(value: unknown): unknown {
  return deserialize(serialize({ value }))["value"];
}

const KEPT = [
  '{"$set":{"a":1}}',
  '{"a.b":1}',
  '{"":1}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":1,"toString":2,"hasOwnProperty":3}',
  '{"toBSON":1,"toJSON":"x","length":-1}',
  '["a",null,{"b":[[]]},1.5,true]',
  "null",
] as const;

for (const json of KEPT) {
  Deno.test(`toStorable() leaves ${json} as it is`, () => {
    const stored = throughBson(toStorable(JSON.parse(json)));
    assertEquals(JSON.stringify(stored), json);
  });
}

Deno.test("toStorable() keeps `__proto__` an own key", () => {
  const copy = toStorable(JSON.parse('{"__proto__":{"isAdmin":true}}'));
  assert(Object.hasOwn(copy as object, "__proto__"));
  assertStrictEquals(Object.getPrototypeOf(copy), Object.prototype);
  assertEquals(Reflect.get(Object(copy), "isAdmin"), undefined);
});

Deno.test("toStorable() shows a NUL in a key as its picture", () => {
  assertEquals(toStorable({ "a\0b": { "\0": 1 } }), {
    "a\u2400b": { "\u2400": 1 },
  });
});

Deno.test("toStorable() disarms the key that makes BSON refuse a document", () => {
  const hostile = { a: [{ _bsontype: "ObjectId" }] };
  assertEquals(throughBson(toStorable(hostile)), {
    a: [{ "_bsontype\u2400": "ObjectId" }],
  });
});

Deno.test("toStorable() replaces lone surrogates in keys and values", () => {
  assertEquals(toStorable({ "\ud800": ["a\udc00", "\ud83d\ude00"] }), {
    "\ufffd": ["a\ufffd", "\ud83d\ude00"],
  });
});

Deno.test("toStorable() drops undefined and keeps dates", () => {
  const at = new Date(5);
  assertEquals(toStorable({ a: undefined, at }), { at });
});

Deno.test("toStorable() does not change its argument", () => {
  const value = { "a\0": [{ b: "\ud800" }] };
  toStorable(value);
  assertEquals(value, { "a\0": [{ b: "\ud800" }] });
});

for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
  Deno.test(`toStorable() cuts ${open}-nesting at 80 levels`, () => {
    const nest = (levels: number) =>
      JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
    assertEquals(toStorable(nest(80)), nest(80));
    const cut = JSON.stringify(toStorable(nest(10_000)));
    assert(cut.includes('"[nested too deep]"'));
    assertEquals(cut.split(open).length - 1 <= 81, true);
    assertNotEquals(toStorable(nest(81)), nest(81));
  });
}

const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\0", "\ud800", "$set", "a.b", "_bsontype", "__proto__", ""),
);

Deno.test("toStorable() makes any JSON come back from BSON unchanged", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      hostileText,
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.tuple(hostileText, tie("value")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(fc.property(value, (json) => {
    const storable = toStorable(json);
    assertEquals(throughBson(storable), storable);
    assertEquals(toStorable(storable), storable);
  }));
});
