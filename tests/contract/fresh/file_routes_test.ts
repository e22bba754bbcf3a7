/** What files and folders below routes/ become. */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { App } from "fresh";
import { Builder } from "fresh/dev";
import { ask, askText, muteConsole, readBody } from "./ask.ts";
import { writeApp } from "./write_app.ts";

const root = `${import.meta.dirname}/file_routes`;
const applySnapshot = await new Builder({ root }).build({ snapshot: "memory" });

function createApp(config?: { basePath: string }): App<unknown> {
  const app = new App<unknown>(config).fsRoutes();
  applySnapshot(app);
  return app;
}

const BODIES: [string, string][] = [
  ["/", "<p>home</p>"],
  ["/about", "<p>about</p>"],
  ["/about/", "<p>about</p>"],
  ["/users", '<div class="users"><p>all</p></div>'],
  ["/users/new", '<div class="users"><p>new</p></div>'],
  ["/users/7", '<div class="users"><p>user 7</p></div>'],
  ["/users/bare", '<div class="bare"><p>bare</p></div>'],
  ["/users/bare/alone", "<p>alone</p>"],
  ["/files/a/b", "<p>a/b</p>"],
  ["/files", "<p></p>"],
  ["/books", "<p>page none</p>"],
  ["/books/2", "<p>page 2</p>"],
  ["/grouped", '<div class="group"><h1>grouped</h1></div>'],
];
for (const [path, body] of BODIES) {
  Deno.test(`${path} is rendered from its file`, async () => {
    assertEquals(readBody(await askText(createApp(), path)), body);
  });
}

const MISSING = [
  "/nothing",
  "/users/7/more",
  "/group/grouped",
  "/(group)/grouped",
  "/_app",
  "/_layout",
  "/fail_test",
  "/(_components)/Title",
  "/api/override",
];
for (const path of MISSING) {
  Deno.test(`${path} is no route`, async () => {
    const html = await askText(createApp(), path);
    assertEquals(readBody(html), "<p>no such page</p>");
  });
}

Deno.test("a _404 file that names no status answers 200", async () => {
  assertEquals((await ask(createApp(), "/nothing")).status, 200);
});

Deno.test("_error answers with the status of the error", async () => {
  const response = await ask(createApp(), "/fail");
  assertEquals(response.status, 500);
  assertEquals(readBody(await response.text()), "<p>failed</p>");
});

Deno.test("the _error of a folder answers for it", async () => {
  assertEquals(await askText(createApp(), "/api/inner/fail"), "inner error");
});

Deno.test("_middleware files run from the root down", async () => {
  const app = createApp();
  const trace = async (path: string) =>
    (await ask(app, path)).headers.get("X-Trace");
  assertEquals(await trace("/about"), "root");
  assertEquals(await trace("/users/7"), "root users1 users2");
  assertEquals(await trace("/users"), "root users1 users2");
});

Deno.test("the _middleware of a folder does not run for unknown paths in it", async () => {
  await using written = await writeApp({
    "_middleware.ts": "export default (ctx) => ctx.next();",
    "a/_middleware.ts": 'export default () => new Response("mine");',
    "a/b.ts": "export const handler = () => new Response();",
  });
  assertEquals(await askText(written.app, "/a/b"), "mine");
  assertEquals(await askText(written.app, "/a/unknown"), "Not Found");
});

for (const name of ["_404", "_error"]) {
  Deno.test(`what ${name} answers does not pass back through _middleware`, async () => {
    await using written = await writeApp({
      "_middleware.ts": `export default async (ctx) => {
        const response = await ctx.next();
        response.headers.set("X-Seen", "1");
        return response;
      };`,
      [`${name}.ts`]: "export const handler = () => new Response();",
      "index.ts": "export const handler = () => new Response();",
    });
    const isSeen = async (path: string) =>
      (await ask(written.app, path)).headers.has("X-Seen");
    assertEquals([await isSeen("/"), await isSeen("/unknown")], [true, false]);
  });
}

Deno.test("a file with POST alone answers 404 to GET and OPTIONS", async () => {
  const app = createApp();
  const html = await askText(app, "/api/post_only");
  assertEquals(readBody(html), "<p>no such page</p>");
  const options = await ask(app, "/api/post_only", { method: "OPTIONS" });
  assertEquals(readBody(await options.text()), "<p>no such page</p>");
  const post = await ask(app, "/api/post_only", { method: "POST" });
  assertEquals(await post.text(), "posted");
});

for (
  const handler of ["() => new Response()", "{ GET: () => new Response() }"]
) {
  Deno.test(`a layout's handler, ${handler}, is passed over with a warning`, async () => {
    const warnings: unknown[] = [];
    using _console = muteConsole();
    Object.assign(console, {
      warn: (...words: unknown[]) => warnings.push(words.join(" ")),
    });
    await using written = await writeApp({
      "_layout.ts": `export const handler = ${handler};`,
      "index.ts": 'export const handler = () => new Response("page");',
    });
    assertEquals(await askText(written.app, "/"), "page");
    assertEquals(warnings.length, 1);
  });
}

Deno.test("a file with one handler answers every method", async () => {
  const app = createApp();
  assertEquals(await askText(app, "/api/any", { method: "PUT" }), "PUT");
});

Deno.test("routeOverride replaces the pattern, and 405 comes back with it", async () => {
  const app = createApp();
  const post = await ask(app, "/somewhere/x", { method: "POST" });
  assertEquals(await post.text(), "overridden");
  assertEquals((await ask(app, "/somewhere/x")).status, 405);
});

Deno.test("files in (_islands) are islands", async () => {
  const html = await askText(createApp(), "/with_island");
  assertMatch(html, /<!--frsh:island:Local:0:--><b>local<\/b>/);
  assertStringIncludes(html, "Local.js");
});

Deno.test("basePath stands in front of file routes", async () => {
  const app = createApp({ basePath: "/admin" });
  assertEquals(readBody(await askText(app, "/admin/about")), "<p>about</p>");
  assertEquals(readBody(await askText(app, "/admin")), "<p>home</p>");
});

Deno.test("fsRoutes() with a path puts it in front", async () => {
  const app = new App<unknown>().fsRoutes("/sub");
  applySnapshot(app);
  assertEquals(readBody(await askText(app, "/sub/about")), "<p>about</p>");
});

Deno.test("routes that are added before fsRoutes() go first", async () => {
  const app = new App<unknown>().get("/about", () => new Response("mine"))
    .fsRoutes();
  applySnapshot(app);
  assertEquals(await askText(app, "/about"), "mine");
});

const show = (name: string) =>
  `export const handler = (ctx) =>
    new Response("${name} " + JSON.stringify(ctx.params));`;

Deno.test("letters beyond ASCII in a file's name are those of the address", async () => {
  await using written = await writeApp({
    "über.ts": show("über"),
    "é/a b.ts": show("e"),
  });
  assertEquals(await askText(written.app, "/über"), "über {}");
  assertEquals(await askText(written.app, "/%C3%A9/a%20b"), "e {}");
});

Deno.test("an optional folder in front of a rest takes the bare path too", async () => {
  await using written = await writeApp({
    "[[lang]]/[...rest].ts": show("rest"),
  });
  const params = (lang: string, rest: string) =>
    `rest ${JSON.stringify({ lang, rest })}`;
  assertEquals(await askText(written.app, "/"), params("", ""));
  assertEquals(await askText(written.app, "/de/a/b"), params("de", "a/b"));
});

Deno.test("a fixed name goes before a parameter, and that before a rest", async () => {
  await using written = await writeApp({
    "[...rest].ts": show("rest"),
    "[id].ts": show("id"),
    "fixed.ts": show("fixed"),
  });
  assertEquals(await askText(written.app, "/fixed"), "fixed {}");
  assertEquals(await askText(written.app, "/x"), 'id {"id":"x"}');
  assertEquals(await askText(written.app, "/x/y"), 'rest {"rest":"x/y"}');
});

const BROKEN: [string, string, string][] = [
  ["_layout.tsx", "export const nothing = 1;", "export"],
  ["[a][b].tsx", "export default () => null;", "param"],
  ["x-[[a]].tsx", "export default () => null;", "segment"],
  ["_middleware.ts", "export const handler = (_a, _b) => _a;", "argument"],
];
for (const [name, source, message] of BROKEN) {
  Deno.test(`building with ${name} that holds ${source} is refused`, async () => {
    using _mute = muteConsole();
    await assertRejects(() => writeApp({ [name]: source }), Error, message);
  });
}
