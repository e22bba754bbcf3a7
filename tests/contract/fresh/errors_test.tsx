/** Error pages: which one answers, with which status, and what it may see. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, csp, HttpError, page, type PageProps } from "fresh";
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

Deno.test("ctx.error is null on the error page of an unknown path", async () => {
  const app = new App().onError("*", (ctx) => new Response(String(ctx.error)));
  assertEquals(await askText(app, "/x"), "null");
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

Deno.test("a component that throws gets the error page, without a stack", async () => {
  const app = new App().onError("*", { component: ErrorPage }).route("/", {
    component: () => {
      throw new Error("in render");
    },
  });
  const response = await ask(app, "/");
  assertEquals(response.status, 500);
  const html = await response.text();
  assertEquals(readBody(html), "<p>in render</p>");
  assertEquals(html.includes("errors_test"), false);
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

Deno.test("error pages do not pass back through csp()", async () => {
  const app = new App().onError("*", () => new Response("error")).use(csp())
    .get("/", fail).get("/fine", () => new Response("fine"));
  const header = "Content-Security-Policy";
  assertEquals((await ask(app, "/")).headers.get(header), null);
  assertStringIncludes(
    (await ask(app, "/fine")).headers.get(header) ?? "",
    "default-src 'self'",
  );
});

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
