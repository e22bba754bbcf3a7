import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { PRUNED, pruneDepth } from "./prune_depth.ts";

function nested(levels: number, open = "[", close = "]"): string {
  return `${open.repeat(levels)}${close.repeat(levels)}`;
}

/** As parse_envelope.ts does it: data within an envelope. */
function prune(json: string): { value: unknown; pruned: unknown } {
  const text = `{"data":${json}}`;
  const value = JSON.parse(text).data;
  return { value, pruned: pruneDepth(value, text) };
}

/** Levels of arrays and objects, without recursion. */
function depthOf(value: unknown): number {
  let level = [value];
  let depth = 0;
  while (true) {
    level = level.filter((item) => typeof item === "object" && item !== null);
    if (level.length === 0) return depth;
    depth++;
    level = level.flatMap((item) => Object.values(item as object));
  }
}

const HARMLESS: readonly [name: string, json: string][] = [
  ["64 levels of arrays", nested(64)],
  ["64 levels of objects", `${'{"a":'.repeat(64)}1${"}".repeat(64)}`],
  ["a hundred siblings", `[${Array(100).fill("[]").join(",")}]`],
  ["brackets within a string", JSON.stringify("[{".repeat(1000))],
  ["brackets after an escaped quote", `["\\"${"[".repeat(1000)}\\""]`],
  ["brackets after an escaped backslash", `["\\\\","${"{".repeat(1000)}"]`],
  ["brackets within a key", `{${JSON.stringify("{".repeat(1000))}:1}`],
  ["a text", '"[["'],
  ["null", "null"],
];

for (const [name, json] of HARMLESS) {
  Deno.test(`pruneDepth() leaves ${name} alone`, () => {
    const { value, pruned } = prune(json);
    assertStrictEquals(pruned, value);
    assertEquals(JSON.stringify(pruned), JSON.stringify(JSON.parse(json)));
  });
}

Deno.test("pruneDepth() does not look into a value whose text is flat", () => {
  const deep = JSON.parse(nested(200));
  assertStrictEquals(pruneDepth(deep, "{}"), deep);
  assertEquals(depthOf(deep), 200);
});

const BOMBS: readonly [name: string, json: string][] = [
  ["arrays", nested(65)],
  ["very many arrays", nested(100_000)],
  ["objects", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`],
  ["both by turns", `${'[{"a":'.repeat(500)}1${"}]".repeat(500)}`],
  ["arrays behind a string that ends in a backslash", `["\\\\",${nested(99)}]`],
  ["arrays behind an escaped quote", `["\\"",${nested(99)}]`],
  ["arrays behind closed ones", `[${nested(60)},${nested(99)}]`],
  [
    "objects under `__proto__`",
    `${'{"__proto__":'.repeat(99)}1${"}".repeat(99)}`,
  ],
];

for (const [name, json] of BOMBS) {
  Deno.test(`pruneDepth() cuts ${name} at 64 levels`, () => {
    const { pruned } = prune(json);
    assertEquals(depthOf(pruned), 64);
    assert(JSON.stringify(pruned).includes(PRUNED));
  });
}

Deno.test("pruneDepth() keeps what stands beside the cut", () => {
  const json = `{"id":"user_1","deep":${nested(99)},"name":"Ann"}`;
  const { id, name } = prune(json).pruned as Record<string, unknown>;
  assertEquals([id, name], ["user_1", "Ann"]);
});
