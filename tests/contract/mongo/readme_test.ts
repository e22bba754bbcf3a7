import { assert, assertEquals } from "@std/assert";
import { ACCUMULATOR_NAMES } from "../../../packages/embedded_mongo/aggregate/group_documents.ts";
import { REFUSED_EXPRESSIONS } from "../../../packages/embedded_mongo/aggregate/check_expression.ts";
import { EXPRESSION_OPERATORS } from "../../../packages/embedded_mongo/aggregate/mingo_context.ts";
import {
  REFUSED_STAGES,
  STAGE_NAMES,
} from "../../../packages/embedded_mongo/aggregate/run_pipeline.ts";
import { COMMANDS } from "../../../packages/embedded_mongo/commands/run_command.ts";
import { TOP_LEVEL_OPERATORS } from "../../../packages/embedded_mongo/query/compile_filter.ts";
import { FILTER_OPERATORS } from "../../../packages/embedded_mongo/query/compile_operator.ts";
import { UPDATE_OPERATORS } from "../../../packages/embedded_mongo/update/update_operators.ts";

const PACKAGE = new URL("../../../packages/embedded_mongo/", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", PACKAGE));

const LISTS: readonly [string, Iterable<string>][] = [
  ["Commands", COMMANDS.keys()],
  ["Filter operators", [
    ...FILTER_OPERATORS,
    ...TOP_LEVEL_OPERATORS,
    "$not",
    "$options",
  ]],
  ["Update operators", [...Object.keys(UPDATE_OPERATORS), "$rename"]],
  ["Aggregation stages", STAGE_NAMES],
  ["Accumulators of $group", ACCUMULATOR_NAMES],
  ["Expression operators", EXPRESSION_OPERATORS],
];

for (const [title, names] of LISTS) {
  Deno.test(`the README of embedded_mongo lists what is there: ${title}`, () => {
    const section = readme.split(`### ${title}\n`)[1]?.split("\n#")[0] ?? "";
    const listed = [...section.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    assertEquals(listed, [...names].sort());
  });
}

Deno.test("each operator in the README of embedded_mongo stands in a test", async () => {
  const texts = await Promise.all(
    (await listTests(new URL(".", import.meta.url)))
      .filter((name) => name !== "readme_test.ts")
      .map((name) => Deno.readTextFile(new URL(name, import.meta.url))),
  );
  const words = new Set(texts.join().match(/\$?\w+/g));
  const refused = new Set(REFUSED_EXPRESSIONS); // refusal_test.ts asks them all.
  const named = [...readme.matchAll(/`(\$\w+)`/g)];
  assertEquals(
    named.map(([, name = ""]) => name)
      .filter((name) => !words.has(name) && !refused.has(name)),
    [],
  );
});

Deno.test("the README of embedded_mongo names what is refused", () => {
  for (const name of [...REFUSED_STAGES, ...REFUSED_EXPRESSIONS]) {
    assert(readme.includes(`\`${name}\``), name);
  }
});

Deno.test("the README of embedded_mongo names tests that exist", async () => {
  const named = new Set(readme.match(/\b\w+_test\.ts\b/g));
  const existing = new Set<string>();
  for (const folder of [new URL(".", import.meta.url), PACKAGE]) {
    for (const name of await listTests(folder)) existing.add(name);
  }
  assert(named.size > 10);
  assertEquals([...named].filter((name) => !existing.has(name)), []);
});

Deno.test("the README of embedded_mongo says how large it is", async () => {
  const said = [...readme.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm)]
    .map(([, folder = "", lines = ""]) =>
      [`${folder}/`, Number(lines.replace(",", ""))] as const
    );
  assertEquals(said.length, 7);
  const whole = /there are ([\d,]+) without tests/.exec(readme)?.[1] ?? "";
  for (
    const [folder, lines] of [
      ...said,
      ["", Number(whole.replace(",", ""))] as const,
    ]
  ) {
    const counted = await countLines(new URL(folder, PACKAGE));
    const isNear = Math.abs(counted - lines) <= counted * 0.03;
    assert(isNear, `${folder} has ${counted} lines, the README says ${lines}`);
  }
});

async function countLines(folder: URL): Promise<number> {
  let lines = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) lines += await countLines(new URL(`${name}/`, folder));
    if (!/(?<!_test)\.ts$/.test(name)) continue;
    const text = await Deno.readTextFile(new URL(name, folder));
    lines += text.split("\n").length - 1;
  }
  return lines;
}

async function listTests(folder: URL): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.endsWith("_test.ts")) names.push(name);
    if (!isDirectory) continue;
    names.push(...await listTests(new URL(`${name}/`, folder)));
  }
  return names;
}
