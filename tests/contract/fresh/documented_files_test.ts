/**
 * The examples of Fresh's own documentation that are route files.
 *
 * @see https://fresh.deno.dev/docs
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ask, askText, readBody } from "./ask.ts";
import { writeApp } from "./write_app.ts";

const SHOW = `export const handler = (ctx) =>
  Response.json([ctx.route, { ...ctx.params }]);`;

const FILES: [
  file: string,
  pattern: string,
  paths: Record<string, Record<string, string>>,
][] = [
  ["index.ts", "/", { "/": {} }],
  ["about.ts", "/about", { "/about": {} }],
  ["blog/index.ts", "/blog", { "/blog": {} }],
  ["blog/[slug].ts", "/blog/:slug", {
    "/blog/foo": { slug: "foo" },
    "/blog/bar": { slug: "bar" },
  }],
  ["blog/[slug]/comments.ts", "/blog/:slug/comments", {
    "/blog/foo/comments": { slug: "foo" },
  }],
  ["old/[...path].ts", "/old/:path*", {
    "/old/foo": { path: "foo" },
    "/old/bar/baz": { path: "bar/baz" },
  }],
  ["docs/[[version]]/index.ts", "/docs/:version?", {
    "/docs": { version: "" },
    "/docs/latest": { version: "latest" },
  }],
  ["[[name]].ts", "/{:name}?", { "/": { name: "" }, "/foo": { name: "foo" } }],
];
for (const [file, pattern, paths] of FILES) {
  Deno.test(`concepts/file-routing: ${file} answers ${pattern}`, async () => {
    await using written = await writeApp({ [file]: SHOW });
    for (const [path, params] of Object.entries(paths)) {
      const response = await ask(written.app, path);
      assertEquals(await response.json(), [pattern, params], path);
    }
  });
}

Deno.test("concepts/file-routing: routeOverride takes a pattern", async () => {
  await using written = await writeApp({
    "my-route.ts": `export const config = {
      routeOverride: "/x/:module@:version/:path*",
    };
    ${SHOW}`,
  });
  const response = await ask(written.app, "/x/std@1.0/a/b");
  assertEquals(await response.json(), [
    "/x/:module@:version/:path*",
    { module: "std", version: "1.0", path: "a/b" },
  ]);
  assertEquals((await ask(written.app, "/my-route")).status, 404);
});

const layout = (name: string) =>
  `export default ({ Component }) => <div class="${name}"><Component /></div>;`;

Deno.test("concepts/file-routing: each route group has its own layout", async () => {
  await using written = await writeApp({
    "(marketing)/_layout.tsx": layout("a"),
    "(marketing)/about.tsx": "export default () => <p>about</p>;",
    "(info)/_layout.tsx": layout("b"),
    "(info)/contact.tsx": "export default () => <p>contact</p>;",
  });
  const read = async (path: string) =>
    readBody(await askText(written.app, path));
  assertEquals(await read("/about"), '<div class="a"><p>about</p></div>');
  assertEquals(await read("/contact"), '<div class="b"><p>contact</p></div>');
});

Deno.test("concepts/layouts: app, root layout, async folder layout, page", async () => {
  await using written = await writeApp({
    "_app.tsx": `export default ({ Component }) =>
      <html><body><Component /></body></html>;`,
    "_layout.tsx": layout("root"),
    "blog/_layout.tsx": `export default async (ctx) => {
      const categories = await Promise.resolve(["a"]);
      return <article title={categories[0]}><ctx.Component /></article>;
    };`,
    "blog/[slug].tsx": "export default (ctx) => <p>{ctx.params.slug}</p>;",
    "login.tsx": `export const config = { skipInheritedLayouts: true };
      export default () => <form />;`,
    "embed.tsx": `export const config = { skipAppWrapper: true };
      export default () => <html><body id="embed" /></html>;`,
  });
  const read = (path: string) => askText(written.app, path);
  assertEquals(
    readBody(await read("/blog/my-post")),
    '<div class="root"><article title="a"><p>my-post</p></article></div>',
  );
  assertEquals(readBody(await read("/login")), "<form></form>");
  assertStringIncludes(await read("/embed"), '<body id="embed">');
});

Deno.test("concepts/data-fetching: an async page throws a 404", async () => {
  await using written = await writeApp({
    "projects/[id].tsx": `import { HttpError } from "fresh";
      export default async (ctx) => {
        const project = await Promise.resolve({ fresh: 12 }[ctx.params.id]);
        if (project === undefined) throw new HttpError(404);
        return <p>{project} stars</p>;
      };`,
  });
  assertStringIncludes(
    await askText(written.app, "/projects/fresh"),
    "<p>12 stars</p>",
  );
  assertEquals((await ask(written.app, "/projects/other")).status, 404);
});

Deno.test("concepts/middleware: a file gives one middleware or a list of them", async () => {
  const append = (value: string) =>
    `async (ctx) => {
      const response = await ctx.next();
      response.headers.append("X-Seen", "${value}");
      return response;
    }`;
  await using written = await writeApp({
    "_middleware.ts": `export default ${append("root")};`,
    "a/_middleware.ts": `export default [${append("a")}, ${append("b")}];`,
    "a/index.ts": SHOW,
  });
  const { headers } = await ask(written.app, "/a");
  assertEquals(headers.get("X-Seen"), "b, a, root");
});

Deno.test("examples/api-routes: each method has its handler, one answers all", async () => {
  await using written = await writeApp({
    "api/posts/[id].ts": `export const handlers = {
      GET: (ctx) => Response.json({ id: ctx.params.id }),
      PUT: async (ctx) => Response.json(await ctx.req.json()),
      DELETE: () => new Response(null, { status: 204 }),
    };`,
    "api/health.ts": `export const handlers = (ctx) =>
      Response.json({ status: "ok", method: ctx.req.method });`,
  });
  const { app } = written;
  assertEquals(await askText(app, "/api/posts/7"), '{"id":"7"}');
  const put = { method: "PUT", body: '{"a":1}' };
  assertEquals(await askText(app, "/api/posts/7", put), '{"a":1}');
  const deleted = await ask(app, "/api/posts/7", { method: "DELETE" });
  assertEquals(deleted.status, 204);
  // Documented as 405, but files are lazy: their methods are not known.
  const posted = await ask(app, "/api/posts/7", { method: "POST" });
  assertEquals(posted.status, 404);
  assertEquals(
    await askText(app, "/api/health", { method: "PATCH" }),
    '{"status":"ok","method":"PATCH"}',
  );
});

Deno.test("examples/common-patterns: a folder is protected, old addresses redirect", async () => {
  await using written = await writeApp({
    "_middleware.ts": `const REDIRECTS = { "/old-page": "/new-page" };
      export default (ctx) => {
        const redirect = REDIRECTS[ctx.url.pathname];
        return redirect ? ctx.redirect(redirect, 301) : ctx.next();
      };`,
    "dashboard/_middleware.ts": `export default (ctx) => {
      const user = ctx.req.headers.get("X-User");
      if (user === null) return ctx.redirect("/login");
      ctx.state.user = user;
      return ctx.next();
    };`,
    "dashboard/index.tsx": "export default (ctx) => <p>{ctx.state.user}</p>;",
  });
  const old = await ask(written.app, "/old-page");
  assertEquals([old.status, old.headers.get("Location")], [301, "/new-page"]);
  const stranger = await ask(written.app, "/dashboard");
  assertEquals(stranger.headers.get("Location"), "/login");
  const headers = { "X-User": "Ada" };
  assertEquals(
    readBody(await askText(written.app, "/dashboard", { headers })),
    "<p>Ada</p>",
  );
});

Deno.test("examples/common-patterns: a route answers as it is asked, by Accept", async () => {
  await using written = await writeApp({
    "api/users/[id].tsx": `export const handler = {
      GET(ctx) {
        const accept = ctx.req.headers.get("Accept") ?? "";
        return accept.includes("text/html")
          ? ctx.render(<h1>{ctx.params.id}</h1>)
          : Response.json({ id: ctx.params.id });
      },
    };`,
  });
  const headers = { Accept: "text/html" };
  assertEquals(await askText(written.app, "/api/users/1"), '{"id":"1"}');
  assertEquals(
    readBody(await askText(written.app, "/api/users/1", { headers })),
    "<h1>1</h1>",
  );
});
