import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CLERK_PAYLOADS, dataOf } from "../../tests/support/clerk_payloads.ts";
import {
  type ClerkEnvelope,
  parseEnvelope,
  toMilliseconds,
} from "./parse_envelope.ts";

function envelopeOf(text: string): ClerkEnvelope {
  const parsed = parseEnvelope(text);
  assert(parsed.kind === "event", text);
  return parsed.envelope;
}

for (const payload of CLERK_PAYLOADS) {
  Deno.test(`parseEnvelope() reads ${payload.file}`, () => {
    const { timestamp, instance_id } = JSON.parse(payload.text);
    assertEquals(envelopeOf(payload.text), {
      type: payload.type,
      data: dataOf(payload),
      timestamp,
      instanceId: instance_id,
    });
  });
}

const UNPROCESSABLE: readonly [text: string, reason: string][] = [
  ["", "empty-body"],
  [" \r\n\t", "empty-body"],
  ["\ufeff", "empty-body"],
  ["{", "invalid-json"],
  ["type=user.created", "invalid-json"],
  ['{"type":"user.created","data":{}} trailing', "invalid-json"],
  ["null", "not-an-event"],
  ["[]", "not-an-event"],
  ["42", "not-an-event"],
  ['"user.created"', "not-an-event"],
  ["{}", "not-an-event"],
  ['{"data":{}}', "not-an-event"],
  ['{"type":"user.created"}', "not-an-event"],
  ['{"type":null,"data":{}}', "not-an-event"],
  ['{"type":7,"data":{}}', "not-an-event"],
  ['{"type":["user.created"],"data":{}}', "not-an-event"],
  ['{"type":"","data":{}}', "not-an-event"],
  ['{"type":"user created","data":{}}', "not-an-event"],
  ['{"type":"user.created\\n","data":{}}', "not-an-event"],
  ['{"type":"usér.created","data":{}}', "not-an-event"],
  [`{"type":"${"x".repeat(201)}","data":{}}`, "not-an-event"],
];

for (const [text, reason] of UNPROCESSABLE) {
  Deno.test(`parseEnvelope() finds ${reason} in ${JSON.stringify(text).slice(0, 60)}`, () => {
    const parsed = parseEnvelope(text);
    assert(parsed.kind === "unprocessable");
    assertEquals(parsed.reason, reason);
  });
}

for (const value of ["null", "[1,2]", '"text"', "7", "false"]) {
  Deno.test(`parseEnvelope() wraps data that is ${value}`, () => {
    const { data } = envelopeOf(`{"type":"future.thing","data":${value}}`);
    assertEquals(data, { value: JSON.parse(value) });
  });
}

Deno.test("parseEnvelope() takes a type that it has never heard of", () => {
  const { type } = envelopeOf('{"type":"spaceship.landed-2","data":{}}');
  assertEquals(type, "spaceship.landed-2");
});

Deno.test("parseEnvelope() knows neither time nor instance when they are missing", () => {
  assertEquals(envelopeOf('{"type":"user.created","data":{}}'), {
    type: "user.created",
    data: {},
    timestamp: null,
    instanceId: null,
  });
});

Deno.test("parseEnvelope() takes an instance that is no text for unknown", () => {
  const text = '{"type":"user.created","data":{},"instance_id":7}';
  assertEquals(envelopeOf(text).instanceId, null);
});

Deno.test("parseEnvelope() keeps `__proto__` in data an own key", () => {
  const text = '{"type":"user.created","data":{"__proto__":{"isAdmin":true}}}';
  const { data } = envelopeOf(text);
  assert(Object.hasOwn(data, "__proto__"));
  assertEquals(Reflect.get(Object.getPrototypeOf(data), "isAdmin"), undefined);
});

Deno.test("parseEnvelope() cuts nesting that would overflow a stack", () => {
  const bomb = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { data } = envelopeOf(`{"type":"user.created","data":{"a":${bomb}}}`);
  assert(JSON.stringify(data).length < 200);
});

const TIMESTAMPS: readonly [given: unknown, ms: number | null][] = [
  [1_716_883_200, 1_716_883_200_000],
  [1_716_883_200.5, 1_716_883_200_500],
  [1_716_883_200_123, 1_716_883_200_123],
  [1_716_883_200_123.9, 1_716_883_200_123],
  [99_999_999_999, 99_999_999_999_000],
  [100_000_000_000, 100_000_000_000],
  [8_640_000_000_000_000, 8_640_000_000_000_000],
  [8_640_000_000_000_001, null],
  [1e300, null],
  [0, null],
  [-1, null],
  [NaN, null],
  [Infinity, null],
  ["1716883200", null],
  [null, null],
  [undefined, null],
  [{}, null],
];

for (const [given, ms] of TIMESTAMPS) {
  Deno.test(`toMilliseconds() makes ${JSON.stringify(given) ?? given} ${typeof given} ${ms}`, () => {
    assertEquals(toMilliseconds(given), ms);
  });
}

Deno.test("toMilliseconds() yields nothing that a Date cannot hold", () => {
  fc.assert(fc.property(fc.anything(), (given) => {
    const ms = toMilliseconds(given);
    if (ms !== null) assertEquals(new Date(ms).getTime(), ms);
  }));
  fc.assert(fc.property(fc.double(), (given) => {
    const ms = toMilliseconds(given);
    if (ms !== null) assertEquals(new Date(ms).getTime(), ms);
  }));
});

Deno.test("parseEnvelope() answers any text without throwing", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.record({ type: fc.anything(), data: fc.jsonValue() })
      .map((value) =>
        String(
          JSON.stringify(value, (_, child) =>
            typeof child === "bigint" ? Number(child) : child),
        )
      ),
  );
  fc.assert(fc.property(text, (given) => {
    assert(["event", "unprocessable"].includes(parseEnvelope(given).kind));
  }));
});
