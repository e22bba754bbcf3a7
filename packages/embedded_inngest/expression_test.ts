/** CEL as Inngest's server evaluates it, from cases that were seen on that server. */
import { assertEquals, assertThrows } from "@std/assert";
import { compileExpression } from "./expression.ts";

const EVENT = {
  name: "a/b",
  ts: 1_766_000_000_000,
  data: { n: 3, text: "Ada", list: ["x"], deep: { ok: true }, no: null },
};

for (
  const [source, expected] of [
    ["event.data.n == 3", true],
    ["event.data.n in [3]", true],
    ["event.data.missing == null", true],
    ["event.data.missing != 'x'", true],
    ["event.data.missing < 3", true],
    ["event.data.missing > -1", false],
    ["event.data.gone.deeper == null", true],
    ["event.data.list[9] == null", true],
    ["!has(event.data.missing)", undefined],
    ["has(event.data.n)", true],
    ["!event.data.missing", undefined],
    ["'a' + event.data.missing == 'a'", true],
    ["'a' + event.data.n == 'a3'", true],
    ["event.data.text == 3", false],
    ["lowercase(event.data.text) == 'ada'", true],
    ["event.data.list.exists(x, x == 'x')", true],
    ["event.data.deep.ok && event.data.n > 2", true],
    ["'has(x)' == event.data.text", false],
    ["async.data.n == event.data.n", true],
    ["event.data.text", "Ada"],
  ] as const
) {
  Deno.test(`compileExpression() makes ${source} give ${expected}`, () => {
    const input = { event: EVENT, async: { data: { n: 3 } } };
    assertEquals(compileExpression(source).evaluate(input), expected);
  });
}

for (
  const source of ["event.data.n === 3", "now() > 1", "other.data", "", "a ="]
) {
  Deno.test(`compileExpression() refuses ${JSON.stringify(source)}`, () => {
    assertThrows(() => compileExpression(source), SyntaxError);
  });
}

Deno.test("evaluate() leaves the event as it is", () => {
  const event = structuredClone(EVENT);
  compileExpression("event.data.gone.deeper == null").evaluate({ event });
  assertEquals(event, EVENT);
});
