/** The build on disk: what is in it, and how its server answers. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Builder } from "fresh/dev";

const root = `${import.meta.dirname}/app`;
const SCRIPT = /\/_fresh\/js\/(\w+)\/[\w-]+\.js/g;

interface Build extends AsyncDisposable {
  readonly outDir: string;
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** Builds the app into a folder of its own and loads its server. */
async function build(): Promise<Build> {
  const outDir = await Deno.makeTempDir();
  await new Builder({ root, outDir }).build();
  const { default: server } = await import(`file://${outDir}/server.js`);
  return {
    outDir,
    ask: (path, init) =>
      server.fetch(new Request(`http://localhost${path}`, init)),
    [Symbol.asyncDispose]: () => Deno.remove(outDir, { recursive: true }),
  };
}

Deno.test("server.js answers with the app's pages", async () => {
  await using app = await build();
  const response = await app.ask("/");
  assertEquals(response.status, 200);
  assertMatch(await response.text(), /<h1>No islands here<\/h1>/);
});

Deno.test("scripts of the build are kept for good", async () => {
  await using app = await build();
  const html = await (await app.ask("/small")).text();
  const paths = html.match(SCRIPT) ?? [];
  assertEquals(paths.length, 2);
  for (const path of paths) {
    const response = await app.ask(path);
    assertEquals(response.status, 200);
    assertMatch(await response.text(), /export/);
    assertEquals(
      response.headers.get("Cache-Control"),
      "public, max-age=31536000, immutable",
    );
  }
});

Deno.test("source maps are written, but neither served nor referred to", async () => {
  await using app = await build();
  const maps = await Array.fromAsync(Deno.readDir(`${app.outDir}/sourcemaps`));
  assert(maps.some(({ name }) => name === "SmallCounter.js.map"));
  const html = await (await app.ask("/small")).text();
  const path = html.match(SCRIPT)?.find((text) => /SmallCounter/.test(text));
  const script = await (await app.ask(path ?? "")).text();
  assertEquals(script.includes("sourceMappingURL"), false);
  assertEquals((await app.ask(`${path}.map`)).status, 404);
});

Deno.test("static files have a weak ETag, and answer 304 to it", async () => {
  await using app = await build();
  const response = await app.ask("/style.css");
  await response.body?.cancel();
  const etag = response.headers.get("ETag") ?? "";
  assertMatch(etag, /^W\/"[0-9a-f]{64}"$/);
  const again = await app.ask("/style.css", {
    headers: { "If-None-Match": etag },
  });
  assertEquals([again.status, await again.text()], [304, ""]);
});

Deno.test("what was built is not replaced by what is there now", async () => {
  await using app = await build();
  const response = await app.ask("/../main.ts");
  assertEquals(response.status, 404);
  for (const path of ["/..%2fmain.ts", "/%2e%2e%2fmain.ts", "/main.ts"]) {
    assertEquals((await app.ask(path)).status, 404);
  }
});

Deno.test("a second build replaces the first", async () => {
  await using app = await build();
  const list = async () =>
    (await Array.fromAsync(Deno.readDir(`${app.outDir}/static/_fresh/js`)))
      .length;
  await new Builder({ root, outDir: app.outDir }).build();
  assertEquals(await list(), 1);
});

Deno.test("a snapshot on disk cannot be applied", async () => {
  const outDir = await Deno.makeTempDir();
  try {
    const apply = await new Builder({ root, outDir }).build();
    await assertRejects(async () => await apply(undefined as never), Error);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("a build without jsxImportSource is refused", async () => {
  const bare = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${bare}/deno.json`, '{"compilerOptions":{}}');
    const builder = new Builder({ root: bare });
    await assertRejects(() => builder.build(), Error, "jsxImportSource");
  } finally {
    await Deno.remove(bare, { recursive: true });
  }
});

Deno.test("an island that imports nothing real fails the build by name", async () => {
  const islandDir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${islandDir}/Broken.tsx`,
      'import "./missing.ts"; export default () => null;',
    );
    const builder = new Builder({ root, islandDir });
    await assertRejects(
      () => builder.build({ snapshot: "memory" }),
      Error,
      "missing.ts",
    );
  } finally {
    await Deno.remove(islandDir, { recursive: true });
  }
});

const MAX_SCRIPT_BYTES = 12 * 1024;

Deno.test("a page with one small island loads at most 12 KB of script", async () => {
  await using app = await build();
  const seen = new Set<string>();
  const load = async (path: string): Promise<number> => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const source = await (await app.ask(path)).text();
    let size = await measureGzip(source);
    for (const [, name] of source.matchAll(/from"\.\/([^"]+)"/g)) {
      size += await load(path.replace(/[^/]+$/, name ?? ""));
    }
    return size;
  };
  const html = await (await app.ask("/small")).text();
  let total = 0;
  for (const path of html.match(SCRIPT) ?? []) total += await load(path);
  assert(seen.size >= 4, `only ${[...seen]} were found`);
  assert(total <= MAX_SCRIPT_BYTES, `${total} bytes`);
});

async function measureGzip(text: string): Promise<number> {
  const body = new Response(text).body?.pipeThrough(
    new CompressionStream("gzip"),
  );
  return (await new Response(body).arrayBuffer()).byteLength;
}
