/**
 * What packages/fresh does otherwise than Fresh 2.3.3, one test for each line of
 * "Differences" in its README. On Fresh itself these tests fail; all others
 * beside this file hold there too.
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
import { ask, askText, muteConsole } from "./ask.ts";
import Show from "./islands/islands/Show.tsx";

const builder = new Builder({ root: `${import.meta.dirname}/islands` });
const applySnapshot = await builder.build({ snapshot: "memory" });

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
  assertStringIncludes(await askText(app, "/?fresh-partial=true"), "<html");
  assertStringIncludes(
    await askText(app, "/?fresh-partial=true"),
    "<p>false</p>",
  );
});

Deno.test("Builder has no onTransformStaticFile()", () => {
  assertEquals("onTransformStaticFile" in builder, false);
});

Deno.test("a route file's css export is passed over", async () => {
  const routeDir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${routeDir}/index.tsx`,
      'export const css = ["/a.css"]; export default () => null;',
    );
    const root = `${import.meta.dirname}/islands`;
    const apply = await new Builder({ root, routeDir })
      .build({ snapshot: "memory" });
    const app = new App().fsRoutes();
    apply(app);
    assertEquals((await askText(app, "/")).includes("a.css"), false);
  } finally {
    await Deno.remove(routeDir, { recursive: true });
  }
});

Deno.test("a function among an island's props is named in the error", async () => {
  let message = "";
  const app = new App()
    .onError("*", (ctx) => {
      message = String(ctx.error);
      return new Response(null, { status: 500 });
    })
    .get("/", (ctx) => ctx.render(<Show value={{ deep: [() => {}] }} />));
  applySnapshot(app);
  await ask(app, "/");
  assertMatch(message, /Cannot pass prop "value\.deep\[0\]" to Show/);
});

Deno.test("a typed array among an island's props keeps its class", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(<Show value={new Uint16Array([7])} />),
  );
  applySnapshot(app);
  assertStringIncludes(await askText(app, "/"), "Uint16Array");
});

const DOT_PATHS = [
  "/..%2fask.ts",
  "/%2e%2e%2fask.ts",
  "/..%5cask.ts",
  "/nested/..%2f..%2f..%2fask.ts",
  "/....//etc/passwd",
];

Deno.test("paths with dots answer 404, not 500, from a snapshot in memory", async () => {
  const app = new App().use(staticFiles());
  applySnapshot(app);
  for (const path of DOT_PATHS) {
    assertEquals((await ask(app, path)).status, 404, path);
  }
});

Deno.test("the charset of static files is written in lower case", async () => {
  const root = `${import.meta.dirname}/static`;
  const apply = await new Builder({ root }).build({ snapshot: "memory" });
  const app = new App().use(staticFiles());
  apply(app);
  const response = await ask(app, "/style.css");
  await response.body?.cancel();
  assertEquals(
    response.headers.get("Content-Type"),
    "text/css; charset=utf-8",
  );
});

Deno.test("errors that Fresh words its own way begin with Cannot", async () => {
  using _ = muteConsole();
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/deno.json`, "{}");
    await assertRejects(
      () => new Builder({ root }).build(),
      Error,
      "Cannot ",
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
