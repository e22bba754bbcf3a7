/**
 * What Fresh 2.3.3 has and packages/fresh has not, one test for each line of
 * "Left out" in its README. On Fresh itself these tests fail.
 */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import * as fresh from "fresh";
import * as runtime from "fresh/runtime";
import { App, type Context, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { ask, askText } from "./ask.ts";

const root = `${import.meta.dirname}/islands`;

/** A folder with one file in it, removed at the end of the test. */
async function writeFolder(
  name: string,
  source: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  await Deno.writeTextFile(`${path}/${name}`, source);
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("cors, ipFilter and Partial are left out", () => {
  for (const name of ["cors", "ipFilter"]) {
    assertEquals(name in fresh, false, name);
  }
  assertEquals("Partial" in runtime, false);
});

Deno.test("App has no mountApp() and no ws()", () => {
  const app = new App();
  for (const name of ["mountApp", "ws"]) {
    assertEquals(name in app, false, name);
  }
});

Deno.test("Context has no stream() and no upgrade()", async () => {
  let seen: Context<unknown> | undefined;
  const app = new App().get("/", (ctx) => {
    seen = ctx;
    return new Response();
  });
  await ask(app, "/");
  for (const name of ["stream", "upgrade"]) {
    assertEquals(name in (seen ?? {}), false, name);
  }
});

Deno.test("a request for a Partial gets the whole page", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(<p>{String(ctx.isPartial)}</p>),
  );
  const html = await askText(app, "/?fresh-partial=true");
  assertStringIncludes(html, "<html");
  assertStringIncludes(html, "<p>false</p>");
});

Deno.test("Builder has no onTransformStaticFile() and no sourceMap", () => {
  // @ts-expect-error -- production maps are always written, and never served
  const builder = new Builder({ root, sourceMap: { kind: "linked" } });
  assertEquals("onTransformStaticFile" in builder, false);
  assertEquals("sourceMap" in builder.config, false);
});

Deno.test("an island cannot be registered by the name of its package", async () => {
  const builder = new Builder({ root });
  builder.registerIsland("npm:preact@10");
  await assertRejects(() => builder.build({ snapshot: "memory" }), Error);
});

Deno.test("a route file's css export is passed over", async () => {
  await using routes = await writeFolder(
    "index.tsx",
    'export const css = ["/a.css"]; export default () => null;',
  );
  const apply = await new Builder({ root, routeDir: routes.path })
    .build({ snapshot: "memory" });
  const app = new App().fsRoutes();
  apply(app);
  assertEquals((await askText(app, "/")).includes("a.css"), false);
});

Deno.test("url() in a stylesheet gets no mark of the build", async () => {
  const css = "main { background: url(/logo.svg) }";
  await using folder = await writeFolder("page.css", css);
  const builder = new Builder({ root, staticDir: folder.path });
  const app = new App().use(staticFiles());
  (await builder.build({ snapshot: "memory" }))(app);
  assertEquals(await askText(app, "/page.css"), css);
});

Deno.test("FRESH_PUBLIC_ variables are not written into islands", async () => {
  await using islands = await writeFolder(
    "Env.tsx",
    'export default () => Deno.env.get("FRESH_PUBLIC_WORD");',
  );
  const builder = new Builder({ root, islandDir: islands.path });
  const app = new App().use(staticFiles());
  (await builder.build({ snapshot: "memory" }))(app);
  const script = `/_fresh/js/${builder.config.buildId}/Env.js`;
  assertMatch(
    await askText(app, script),
    /Deno\.env\.get\("FRESH_PUBLIC_WORD"\)/,
  );
});

Deno.test("no module starts OpenTelemetry spans, and none belongs to Vite", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", import.meta.resolve("fresh/dev")],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string }[];
  };
  const graph = modules.map(({ specifier }) => specifier).join("\n");
  assertStringIncludes(graph, "esbuild");
  assertEquals(/opentelemetry|\bvite\b/.test(graph), false);
});
