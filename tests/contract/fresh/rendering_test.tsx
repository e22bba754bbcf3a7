/** What a page looks like: wrappers, layouts, async components, documents. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { App, HttpError, page, type PageProps } from "fresh";
import { ask, askText, muteConsole, readBody } from "./ask.ts";

function Wrapper({ Component, state, data }: PageProps<unknown, unknown>) {
  return (
    <html>
      <head>
        <title>W</title>
      </head>
      <body>
        <main data-given={String(data)} data-state={JSON.stringify(state)}>
          <Component />
        </main>
      </body>
    </html>
  );
}

/** A layout that shows its name. */
function layout(name: string) {
  return ({ Component }: PageProps) => (
    <div class={name}>
      <Component />
    </div>
  );
}

Deno.test("a page without wrapper gets a whole document around it", async () => {
  const app = new App().get("/", (ctx) => ctx.render(<h1>Hi</h1>));
  const response = await ask(app, "/");
  assertEquals(
    response.headers.get("Content-Type"),
    "text/html; charset=utf-8",
  );
  assertEquals(
    await response.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><h1>Hi</h1></body></html>',
  );
});

Deno.test("a page that renders the document itself gets nothing added", async () => {
  const app = new App().get(
    "/",
    (ctx) =>
      ctx.render(
        <html>
          <head></head>
          <body>Hi</body>
        </html>,
      ),
  );
  assertEquals(
    await askText(app, "/"),
    "<!DOCTYPE html><html><head></head><body>Hi</body></html>",
  );
});

Deno.test("ctx.render() takes status and headers", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(<p />, { status: 201, headers: { "X-A": "1" } }),
  );
  const response = await ask(app, "/");
  assertEquals([response.status, response.headers.get("X-A")], [201, "1"]);
});

Deno.test("ctx.render() refuses what is no element", async () => {
  using _mute = muteConsole();
  const app = new App().get("/", (ctx) => ctx.render("text" as never));
  assertEquals((await ask(app, "/")).status, 500);
});

Deno.test("app wrapper and layouts stand around the page, in order", async () => {
  const app = new App<unknown>().appWrapper(Wrapper).layout("*", layout("a"))
    .layout("/x", layout("b"))
    .route("/x/y", { component: () => <p>page</p> });
  assertMatch(
    await askText(app, "/x/y"),
    /<main data-given="null"[^>]*><div class="a"><div class="b"><p>page<\/p><\/div><\/div><\/main>/,
  );
});

Deno.test("a layout that was added after a route does not concern it", async () => {
  const app = new App().route("/", { component: () => <p>page</p> })
    .layout("*", layout("a")).appWrapper(Wrapper);
  assertEquals(readBody(await askText(app, "/")), "<p>page</p>");
});

Deno.test("a layout may drop the app wrapper and the layouts above", async () => {
  const skip = { skipAppWrapper: true, skipInheritedLayouts: true };
  const app = new App<unknown>().appWrapper(Wrapper).layout("*", layout("a"))
    .layout("/x", layout("b"), skip)
    .route("/x/y", { component: () => <p>page</p> });
  assertEquals(
    readBody(await askText(app, "/x/y")),
    '<div class="b"><p>page</p></div>',
  );
});

Deno.test("a route may drop the app wrapper or the layouts", async () => {
  const component = () => <p>page</p>;
  const app = new App<unknown>().appWrapper(Wrapper).layout("*", layout("a"))
    .route("/bare", { component, config: { skipAppWrapper: true } })
    .route("/flat", { component, config: { skipInheritedLayouts: true } });
  assertEquals(
    readBody(await askText(app, "/bare")),
    '<div class="a"><p>page</p></div>',
  );
  assertMatch(await askText(app, "/flat"), /<main[^>]*><p>page<\/p><\/main>/);
});

Deno.test("ctx.render() may drop them as well", async () => {
  const app = new App<unknown>().appWrapper(Wrapper).layout("*", layout("a"))
    .get("/", (ctx) =>
      ctx.render(<p>page</p>, {}, {
        skipAppWrapper: true,
        skipInheritedLayouts: true,
      }));
  assertEquals(readBody(await askText(app, "/")), "<p>page</p>");
});

Deno.test("pages, layouts and wrappers may be async", async () => {
  const app = new App<unknown>()
    .appWrapper(async ({ Component }) => {
      await Promise.resolve();
      return (
        <html>
          <head></head>
          <body>
            <Component />
          </body>
        </html>
      );
    })
    .layout("*", async ({ Component }) => {
      await Promise.resolve();
      return (
        <div>
          <Component />
        </div>
      );
    })
    .route("/", {
      component: async () => {
        await Promise.resolve();
        return <p>later</p>;
      },
    });
  assertEquals(readBody(await askText(app, "/")), "<div><p>later</p></div>");
});

Deno.test("an async page may answer by itself, or throw", async () => {
  const app = new App()
    .route("/answer", {
      component: async () => {
        await Promise.resolve();
        return new Response("mine", { status: 202 });
      },
    })
    .route("/throw", {
      component: async () => {
        await Promise.resolve();
        throw new HttpError(409);
      },
    });
  assertEquals((await ask(app, "/answer")).status, 202);
  assertEquals((await ask(app, "/throw")).status, 409);
});

Deno.test("page() gives data, status and headers", async () => {
  const app = new App().route("/", {
    handler: {
      GET: () => page({ n: 3 }, { status: 203, headers: [["X-A", "1"]] }),
    },
    component: ({ data }) => <p>{JSON.stringify(data)}</p>,
  });
  const response = await ask(app, "/");
  assertEquals([response.status, response.headers.get("X-A")], [203, "1"]);
  assertStringIncludes(await response.text(), "<p>{&quot;n&quot;:3}</p>");
});

Deno.test("of several page() headers with one name the last counts", async () => {
  const app = new App().route("/", {
    handler: () =>
      page(null, { headers: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]] }),
    component: () => <p />,
  });
  assertEquals((await ask(app, "/")).headers.getSetCookie(), ["b=2"]);
});

Deno.test("a page knows the request", async () => {
  const app = new App<{ user?: string }>()
    .use((ctx) => {
      ctx.state.user = "ada";
      return ctx.next();
    })
    .route("/u/:id", {
      component: ({ params, url, route, state, req, config, isPartial }) => (
        <p>
          {[
            params.id,
            url.search,
            route,
            state.user,
            req.method,
            config.mode,
            String(isPartial),
          ].join(" ")}
        </p>
      ),
    });
  assertEquals(
    readBody(await askText(app, "/u/7?x=1")),
    "<p>7 ?x=1 /u/:id ada GET production false</p>",
  );
});

Deno.test("HEAD runs the GET handler of a route", async () => {
  const app = new App().route("/", {
    handler: { GET: () => page({}, { headers: { "X-A": "1" } }) },
    component: () => <p />,
  });
  const response = await ask(app, "/", { method: "HEAD" });
  assertEquals([response.status, response.headers.get("X-A")], [200, "1"]);
  assertEquals(await response.text(), "");
});

Deno.test("a route with POST and a component renders it on GET", async () => {
  const app = new App().route("/", {
    handler: { POST: () => new Response("posted") },
    component: () => <p>form</p>,
  });
  assertEquals(readBody(await askText(app, "/")), "<p>form</p>");
  assertEquals(await askText(app, "/", { method: "POST" }), "posted");
});

Deno.test("links know whether they lead to the page or above it", async () => {
  const app = new App().route("/a/b", {
    component: () => (
      <>
        <a href="/a/b">1</a>
        <a href="/a">2</a>
        <a href="/c">3</a>
        <a href="/a/b" aria-current="step">4</a>
        <a href="https://a.example/a/b">5</a>
      </>
    ),
  });
  assertEquals(
    readBody(await askText(app, "/a/b")),
    '<a href="/a/b" data-current="true" aria-current="page">1</a>' +
      '<a href="/a" data-ancestor="true" aria-current="true">2</a>' +
      '<a href="/c">3</a><a href="/a/b" aria-current="step">4</a>' +
      '<a href="https://a.example/a/b">5</a>',
  );
});

Deno.test("text and attributes are escaped", async () => {
  const evil = `"><script>alert(1)</script>`;
  const app = new App().route("/", {
    component: () => <p title={evil}>{evil}</p>,
  });
  const html = readBody(await askText(app, "/"));
  assertEquals(html.includes("<script"), false);
  assertStringIncludes(html, "&lt;script");
});
