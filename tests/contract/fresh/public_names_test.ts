/**
 * The application keeps to what Fresh and @std export, so that pointing the
 * import map at JSR is the whole switch: "On JSR" in packages/fresh/README.md.
 *
 * That the names it takes from these modules exist there is for `deno check`:
 * the packages export no name of their own.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { relative } from "node:path";

const ROOT = new URL("../../../", import.meta.url).pathname;
const PASSED_OVER = new Set(["packages", "node_modules", "coverage"]);

const PUBLIC_NAMES = new Set([
  "fresh",
  "fresh/runtime",
  "fresh/dev",
  "@std/assert",
  "@std/dotenv",
]);

/** What may only be reached by a public name, or not at all. */
const GUARDED = /^(?:fresh|@fresh|@std)(?:\/|$)|^(?:jsr|https?):/;
const GUARDED_PATH = /packages\/(?:fresh|std)\//;

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)["'`]/gm;

Deno.test("no file outside packages/ imports anything but the public names", async () => {
  const found: string[] = [];
  let files = 0;
  for await (const path of walk(ROOT)) {
    files++;
    for (const specifier of readImports(await Deno.readTextFile(path))) {
      if (isForbidden(specifier)) {
        found.push(`${relative(ROOT, path)}: ${specifier}`);
      }
    }
  }
  assertEquals(found, []);
  assertEquals(files > 30, true, `only ${files} files were read`);
});

for (
  const [source, specifiers] of [
    ['import { App } from "fresh";', ["fresh"]],
    ['import {\n  App,\n} from "fresh/x";', ["fresh/x"]],
    ['import "jsr:@std/x";', ["jsr:@std/x"]],
    ['export * from "../packages/fresh/app.ts";', [
      "../packages/fresh/app.ts",
    ]],
    ['const a = await import("preact");', ["preact"]],
    ['import type { A } from "./a.ts"; import b from "b";', ["./a.ts", "b"]],
  ] as const
) {
  Deno.test(`readImports() finds ${specifiers} in ${source}`, () => {
    assertEquals([...readImports(source)], [...specifiers]);
  });
}

Deno.test("README names each line of the import map that leads to packages/", async () => {
  const read = (path: string) => Deno.readTextFile(`${ROOT}${path}`);
  const { imports } = JSON.parse(await read("deno.json"));
  const here = Object.keys(imports)
    .filter((name) => GUARDED_PATH.test(imports[name]));
  const [, lines = ""] = /```jsonc\n([^]*?)```/
    .exec(await read("packages/fresh/README.md")) ?? [];
  const named: Record<string, string> = JSON.parse(`{${lines}}`);
  assertEquals(Object.keys(named).toSorted(), here.toSorted());
  for (const target of Object.values(named)) assertMatch(target, /^jsr:@/);
});

Deno.test("README names tests that exist", async () => {
  const readme = await Deno.readTextFile(`${ROOT}packages/fresh/README.md`);
  const names = readme.match(/[\w/]+_test\.tsx?/g) ?? [];
  assertEquals(names.length > 10, true);
  for (const name of new Set(names)) {
    const folders = name.includes("/")
      ? [""]
      : ["tests/contract/fresh/", "tests/e2e/fresh/"];
    const found = await Promise.all(
      folders.map((folder) => isFile(`${ROOT}${folder}${name}`)),
    );
    assertEquals(found.includes(true), true, name);
  }
});

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function isForbidden(specifier: string): boolean {
  return GUARDED_PATH.test(specifier) ||
    GUARDED.test(specifier) && !PUBLIC_NAMES.has(specifier);
}

function* readImports(source: string): Generator<string> {
  for (const [, from, bare, dynamic] of source.matchAll(IMPORT)) {
    const specifier = from ?? bare ?? dynamic;
    if (specifier !== undefined) yield specifier;
  }
}

/** Modules of the repository; names that begin with `.` or `_fresh` are not. */
async function* walk(dir: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (name.startsWith(".") || name === "_fresh") continue;
    if (dir === ROOT && PASSED_OVER.has(name)) continue;
    const path = `${dir}${name}`;
    if (isDirectory) yield* walk(`${path}/`);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}
