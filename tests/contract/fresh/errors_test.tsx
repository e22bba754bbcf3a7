/** Error pages: which one answers, with which status, and what it may see. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, csp, HttpError, page, type PageProps } from "fresh";
import { Head } from "fresh/runtime";
import { ask, askText, muteConsole, readBody } from "./ask.ts";

const fail = () => {
  throw new Error("broken");
};

function ErrorPage({ error }: PageProps) {
  return <p>{error instanceof Error ? error.message : String(error)}</p>;
}

Deno.test("app.onError() renders a component with status 500", async () => {
  const app = new App().onError("*", { component: ErrorPage }).get("/", fail);
  const response = await ask(app, "/");
  assertEquals(response.status, 500);
  assertEquals(readBody(await response.text()), "<p>broken</p>");
});

Deno.test("app.onError() keeps the status of an HttpError", async () => {
  const app = new App().onError("*", { component: ErrorPage })
    .get("/", () => {
      throw new HttpError(403, "Keep out");
    });
  const response = await ask(app, "/");
  assertEquals(response.status, 403);
  assertEquals(readBody(await response.text()), "<p>Keep out</p>");
});

Deno.test("app.onError() may be a function", async () => {
  const app = new App()
    .onError("*", (ctx) => new Response(String(ctx.error), { status: 502 }))
    .get("/", fail);
  const response = await ask(app, "/");
  assertEquals([response.status, await response.text()], [
    502,
    "Error: broken",
  ]);
});

Deno.test("the nearest error page answers", async () => {
  const app = new App()
    .onError("*", () => new Response("outer"))
    .onError("/a", () => new Response("inner"))
    .get("/a/b", fail).get("/c", fail);
  assertEquals(await askText(app, "/a/b"), "inner");
  assertEquals(await askText(app, "/c"), "outer");
});

Deno.test("an error page that fails leaves it to the next one above", async () => {
  const app = new App()
    .onError("*", (ctx) => new Response(`outer ${ctx.error}`))
    .onError("/a", () => {
      throw new Error("second");
    })
    .get("/a/b", fail);
  assertEquals(await askText(app, "/a/b"), "outer Error: second");
});

Deno.test("app.onError() answers 404 when there is no notFound()", async () => {
  const app = new App().onError("*", { component: ErrorPage });
  const response = await ask(app, "/x");
  assertEquals(response.status, 404);
});

Deno.test("ctx.error is null for an unknown path, unless a middleware was between", async () => {
  const app = new App().onError("*", (ctx) => new Response(String(ctx.error)));
  assertEquals(await askText(app, "/x"), "null");
  app.use((ctx) => ctx.next());
  assertEquals(await askText(app, "/x"), "HttpError");
});

Deno.test("app.notFound() goes before app.onError()", async () => {
  const app = new App().onError("*", () => new Response("error"))
    .notFound(() => new Response("missing", { status: 404 }));
  assertEquals(await askText(app, "/x"), "missing");
});

Deno.test("app.notFound() with a component answers 200 unless it says 404", async () => {
  const component = () => <p>Missing</p>;
  const plain = new App().notFound({ component });
  assertEquals((await ask(plain, "/x")).status, 200);
  const proper = new App().notFound({
    component,
    handler: () => page(undefined, { status: 404 }),
  });
  assertEquals((await ask(proper, "/x")).status, 404);
});

Deno.test("a handler that throws a 404 gets the notFound page", async () => {
  const app = new App()
    .notFound(() => new Response("missing", { status: 404 }))
    .get("/", () => {
      throw new HttpError(404);
    });
  assertEquals(await askText(app, "/"), "missing");
});

Deno.test("a component that throws in production tells nothing without a page", async () => {
  using _mute = muteConsole();
  const app = new App().route("/", {
    component: () => {
      throw new Error("secret");
    },
  });
  assertEquals(await askText(app, "/"), "Internal server error");
});

const missing = () => {
  throw new HttpError(404);
};
const ERROR_PAGES: [string, App<unknown>][] = [
  ["onError()", new App().onError("*", () => new Response("error"))],
  ["onError() with a page", new App().onError("*", { component: ErrorPage })],
  ["notFound()", new App().notFound(() => new Response("missing"))],
  ["notFound() with a page", new App().notFound({ component: ErrorPage })],
];
for (const [what, app] of ERROR_PAGES) {
  Deno.test(`what ${what} answers does not pass back through csp()`, async () => {
    app.use(csp()).get("/fine", () => new Response("fine"))
      .get("/", what.startsWith("onError") ? fail : missing);
    const readPolicy = async (path: string) =>
      (await ask(app, path)).headers.get("Content-Security-Policy");
    assertEquals(await readPolicy("/"), null);
    assertStringIncludes(await readPolicy("/fine") ?? "", "default-src 'self'");
  });
}

const THROWN: [string, unknown, string][] = [
  ["a string", "words", "words"],
  ["null", null, "null"],
  ["undefined", undefined, "undefined"],
  ["a Response", new Response("thrown", { status: 402 }), "[object Response]"],
  ["an object with a status", { status: 404 }, "[object Object]"],
];
for (const [what, value, text] of THROWN) {
  Deno.test(`${what} that is thrown is an error like any other`, async () => {
    using _mute = muteConsole();
    const throwIt = () => {
      throw value;
    };
    const app = new App().get("/bare", throwIt)
      .onError("*", { component: ({ error }) => <p>{String(error)}</p> })
      .get("/", throwIt);
    const bare = await ask(app, "/bare");
    assertEquals([bare.status, await bare.text()], [
      500,
      "Internal server error",
    ]);
    const response = await ask(app, "/");
    assertEquals(response.status, 500);
    assertEquals(readBody(await response.text()), `<p>${text}</p>`);
  });
}

const Failing = () => fail();
const failLater = async () => {
  await Promise.resolve();
  return fail();
};
type Build = (app: App<unknown>) => App<unknown>;
const FAILING: [string, Build, string][] = [
  ["a page", (app) => app.route("/", { component: Failing }), "broken"],
  [
    "an async page",
    (app) => app.route("/", { component: failLater }),
    "broken",
  ],
  [
    "a component deep in a page",
    (app) => app.get("/", (ctx) => ctx.render(<main>{<Failing />}</main>)),
    "broken",
  ],
  [
    "a component in Head",
    (app) => app.get("/", (ctx) => ctx.render(<Head>{<Failing />}</Head>)),
    "broken",
  ],
];
for (const [what, build, message] of FAILING) {
  Deno.test(`${what} that fails gets the error page, and the next page is whole`, async () => {
    const app = build(new App<unknown>().onError("*", { component: ErrorPage }))
      .get("/fine", (ctx) => ctx.render(<p>fine</p>));
    const response = await ask(app, "/");
    assertEquals(response.status, 500);
    const html = await response.text();
    assertEquals(readBody(html), `<p>${message}</p>`);
    assertEquals(html.includes("errors_test"), false);
    assertEquals(readBody(await askText(app, "/fine")), "<p>fine</p>");
  });
}

const WRAPPERS: [string, Build][] = [
  ["a layout", (app) => app.layout("*", Failing)],
  ["an async layout", (app) => app.layout("*", failLater)],
  ["an app wrapper", (app) => app.appWrapper(Failing)],
  ["an error page", (app) => app.onError("*", { component: failLater })],
];
for (const [what, build] of WRAPPERS) {
  Deno.test(`${what} that fails around the error page too leaves a plain 500`, async () => {
    using _mute = muteConsole();
    const app = build(new App<unknown>().onError("*", { component: ErrorPage }))
      .get("/", (ctx) => what === "an error page" ? fail() : ctx.render(<p />));
    const response = await ask(app, "/");
    assertEquals([response.status, await response.text()], [
      500,
      "Internal server error",
    ]);
  });
}

Deno.test("an error page is rendered inside the app wrapper", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <html>
        <body>
          <Component />
        </body>
      </html>
    ))
    .onError("*", { component: ErrorPage }).get("/", fail);
  assertEquals(readBody(await askText(app, "/")), "<p>broken</p>");
});
