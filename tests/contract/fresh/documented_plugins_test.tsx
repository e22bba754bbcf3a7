/**
 * The examples of Fresh's own documentation (plugins, testing, examples), as far
 * as the tests beside this one do not cover them.
 *
 * @see https://fresh.deno.dev/docs
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { useSignal } from "@preact/signals";
import { App, type Context, createDefine, csp, csrf } from "fresh";
import { ask, askText, readBody } from "./ask.ts";

interface State {
  text?: string;
}

const define = createDefine<State>();

Deno.test("plugins/csp: a nonce is put on the page's own styles", async () => {
  const app = new App().use(csp({ useNonce: true })).get(
    "/",
    (ctx) =>
      ctx.render(
        <html>
          <head>
            <style>{"body { color: red; }"}</style>
          </head>
          <body>
            <h1>Hello</h1>
          </body>
        </html>,
      ),
  );
  const response = await ask(app, "/");
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const [, nonce] = /style-src [^;]*'nonce-([^']+)'/.exec(policy) ?? [];
  assertMatch(nonce ?? "", /^\w+$/);
  assertStringIncludes(await response.text(), `<style nonce="${nonce}">`);
});

Deno.test("plugins/csp: a nonce of the page's own is kept", async () => {
  const app = new App().use(csp({ useNonce: true })).route("/", {
    component: () => <script nonce="own">1</script>,
  });
  const response = await ask(app, "/");
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  assertEquals(policy.includes("'nonce-own'"), false);
  assertStringIncludes(await response.text(), '<script nonce="own">');
});

Deno.test("plugins/csrf: a function decides which origins are trusted", async () => {
  const app = new App()
    .use(csrf({
      origin: (origin) => /^https:\/\/(foo|bar)\.example\.com$/.test(origin),
    }))
    .post("/", () => new Response("ok"));
  const post = async (origin: string) => {
    const headers = { Origin: origin, "Sec-Fetch-Site": "cross-site" };
    return (await ask(app, "/", { method: "POST", headers })).status;
  };
  assertEquals(await post("https://bar.example.com"), 200);
  assertEquals(await post("https://evil.example.com"), 403);
});

Deno.test("testing: a middleware is tested through its state", async () => {
  const middleware = define.middleware((ctx) => {
    ctx.state.text = "middleware text";
    return ctx.next();
  });
  const app = new App<State>().use(middleware)
    .get("/", (ctx) => new Response(ctx.state.text ?? ""));
  assertEquals(await askText(app, "/"), "middleware text");
});

Deno.test("testing: an app wrapper is rendered around a page", async () => {
  const AppWrapper = define.layout(({ Component }) => (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>My App</title>
      </head>
      <body>
        <Component />
      </body>
    </html>
  ));
  const app = new App<State>().appWrapper(AppWrapper)
    .get("/", (ctx) => ctx.render(<h1>hello</h1>));
  const html = await askText(app, "/");
  assertStringIncludes(html, "<title>My App</title>");
  assertEquals(readBody(html), "<h1>hello</h1>");
});

Deno.test("testing: a page with a signal renders its value without a build", async () => {
  function CounterPage() {
    const count = useSignal(3);
    return <p>Count: {count}</p>;
  }
  const app = new App().get("/", (ctx) => ctx.render(<CounterPage />));
  assertStringIncludes(await askText(app, "/"), "<p>Count: 3</p>");
});

Deno.test("testing: a handler of a route is tested by itself", async () => {
  const handler = define.handlers({
    GET: (ctx) => new Response(`Hello, ${ctx.params.name}!`),
  });
  const app = new App<State>().get("/api/:name", handler.GET);
  assertEquals(await askText(app, "/api/joe"), "Hello, joe!");
});

const LINKS: [page: string, href: string, expected: string | undefined][] = [
  ["/docs/intro", "/docs/intro", "page"],
  ["/docs/intro", "/docs", "true"],
  ["/docs/intro", "/other", undefined],
  ["/products?sort=name", "/products?sort=name", "page"],
  ["/products?sort=price", "/products?sort=name", "true"],
  ["/products?sort=price", "/products", "page"],
];
for (const [path, href, expected] of LINKS) {
  Deno.test(`examples/active-links: on ${path} a link to ${href} is ${expected}`, async () => {
    const app = new App().route(path.split("?", 1)[0] ?? "", {
      component: () => <a href={href}>link</a>,
    });
    const html = await askText(app, path);
    assertEquals(/aria-current="(\w+)"/.exec(html)?.[1], expected);
  });
}

Deno.test("examples/common-patterns: a handler passes on what another server says", async () => {
  await using upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => new Response(new URL(request.url).search, { status: 201 }),
  );
  const app = new App().use(csp()).get("/api/:path*", async (ctx) => {
    const url = new URL(
      ctx.params.path ?? "",
      `http://127.0.0.1:${upstream.addr.port}`,
    );
    url.search = ctx.url.search;
    const { body, status, headers } = await fetch(url);
    return new Response(body, { status, headers });
  });
  const response = await ask(app, "/api/x?a=1");
  assertEquals([response.status, await response.text()], [201, "?a=1"]);
});

Deno.test("examples/common-patterns: a handler streams its answer", async () => {
  const app = new App().get("/", () => {
    const body = ReadableStream.from(["Hello ", "World!"])
      .pipeThrough(new TextEncoderStream());
    return new Response(body, { headers: { "Content-Type": "text/plain" } });
  });
  assertEquals(await askText(app, "/"), "Hello World!");
});

Deno.test("examples/session-management: a middleware sets a cookie afterwards", async () => {
  const app = new App<{ session: string }>()
    .use(async (ctx: Context<{ session: string }>) => {
      ctx.state.session = "s1";
      const response = await ctx.next();
      response.headers.append("Set-Cookie", `session=${ctx.state.session}`);
      return response;
    })
    .get("/", (ctx) => ctx.render(<p>{ctx.state.session}</p>));
  assertEquals((await ask(app, "/")).headers.getSetCookie(), ["session=s1"]);
});

Deno.test("examples/rendering-raw-html: ready-made HTML is not escaped", async () => {
  const html = { __html: "<h1>This is raw HTML</h1>" };
  const app = new App().get("/", (ctx) =>
    ctx.render(
      // deno-lint-ignore react-no-danger -- what the example is about
      <div dangerouslySetInnerHTML={html} />,
    ));
  assertEquals(
    readBody(await askText(app, "/")),
    "<div><h1>This is raw HTML</h1></div>",
  );
});
