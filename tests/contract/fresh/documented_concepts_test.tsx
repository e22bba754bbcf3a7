/**
 * The examples of Fresh's own documentation (concepts, advanced), as far
 * as the tests beside this one do not cover them.
 *
 * @see https://fresh.deno.dev/docs
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  App,
  type Context,
  createDefine,
  HttpError,
  page,
  type RouteHandler,
} from "fresh";
import * as runtime from "fresh/runtime";
import { ask, askText, readBody } from "./ask.ts";

interface State {
  user?: { readonly name: string } | null;
}

const define = createDefine<State>();

/** In code a route's component is typed for any data, in files it is not. */
function mount(
  path: string,
  handler: RouteHandler<unknown, State>,
  component: unknown,
): App<State> {
  return new App<State>()
    .route(path, { handler, component: component as never });
}

Deno.test("concepts/app: handler() answers a request without a server", async () => {
  const handler = new App().get("/", () => new Response("hello")).handler();
  const response = await handler(new Request("http://localhost"));
  assertEquals(await response.text(), "hello");
});

Deno.test("concepts/app: each method takes several middlewares, lazy ones too", async () => {
  for (const name of ["get", "post", "put", "delete", "all"] as const) {
    const note = async (ctx: Context<{ seen?: string }>) => {
      ctx.state.seen = `${ctx.state.seen ?? ""}+`;
      return await ctx.next();
    };
    const app = new App<{ seen?: string }>()[name](
      "/about",
      note,
      () => Promise.resolve(note),
      (ctx) => new Response(`${ctx.req.method} ${ctx.state.seen}`),
    );
    const method = name === "all" ? "PATCH" : name.toUpperCase();
    assertEquals(await askText(app, "/about", { method }), `${method} ++`);
  }
});

Deno.test("concepts/app: a 404 is answered by a middleware that renders", async () => {
  const app = new App()
    .notFound((ctx) => ctx.render(<h1>Page not found</h1>, { status: 404 }));
  const response = await ask(app, "/unknown");
  assertEquals(response.status, 404);
  assertEquals(
    readBody(await response.text()),
    "<h1>Page not found</h1>",
  );
});

Deno.test("concepts/app: the base path is in ctx.config", async () => {
  const app = new App({ basePath: "/my-app" })
    .get("/about", (ctx) => new Response(ctx.config.basePath));
  assertEquals(await askText(app, "/my-app/about"), "/my-app");
});

Deno.test("concepts/context: query, headers, redirect and render", async () => {
  const app = new App()
    .get(
      "/",
      (ctx) =>
        ctx.json([ctx.url.searchParams.has("q"), ctx.req.headers.has("X-Foo")]),
    )
    .get("/old-url", (ctx) => ctx.redirect("/new-url", 307))
    .get("/teapot", (ctx) =>
      ctx.render(<h1>I'm a teapot</h1>, {
        status: 418,
        headers: { "X-Foo": "abc" },
      }));
  const headers = { "X-Foo": "1" };
  assertEquals(await askText(app, "/?q", { headers }), "[true,true]");
  assertEquals((await ask(app, "/old-url")).status, 307);
  const teapot = await ask(app, "/teapot");
  assertEquals([teapot.status, teapot.headers.get("X-Foo")], [418, "abc"]);
});

Deno.test("concepts/data-fetching: page props are those of the table", async () => {
  let names: string[] = [];
  const app = new App().route("/", {
    component: (props) => {
      names = Object.keys(props).toSorted();
      return null;
    },
  });
  await ask(app, "/");
  const documented = [
    "Component",
    "config",
    "data",
    "error",
    "info",
    "isPartial",
    "params",
    "req",
    "route",
    "state",
    "url",
  ];
  assertEquals(names, documented);
});

Deno.test("concepts/app: a route has a handler and a component", async () => {
  const app = new App<State>().route("/about", {
    component: ({ data }) => <h1>About {(data as { name: string }).name}</h1>,
    handler: { GET: () => page({ name: "Fresh" }) },
  });
  assertStringIncludes(await askText(app, "/about"), "<h1>About Fresh</h1>");
});

Deno.test("concepts/routing: fixed paths, parameters and wildcards", async () => {
  const app = new App()
    .get("/posts/featured", () => new Response("Featured posts"))
    .get("/posts/:id", (ctx) => new Response(`Post: ${ctx.params.id}`))
    .get("/blog/:post/comments", (ctx) => new Response(ctx.params.post))
    .get("/foo/*", () => new Response("foo"))
    .post("/upload", () => new Response("upload"));
  assertEquals(await askText(app, "/posts/featured"), "Featured posts");
  assertEquals(await askText(app, "/posts/7"), "Post: 7");
  assertEquals(await askText(app, "/blog/hello/comments"), "hello");
  assertEquals(await askText(app, "/foo/bar/baz"), "foo");
  const upload = await ask(app, "/upload", { method: "POST" });
  assertEquals(await upload.text(), "upload");
});

Deno.test("concepts/middleware: one passes data on, another sets a header", async () => {
  const app = new App<{ greeting: string }>()
    .use((ctx) => {
      ctx.state.greeting = "Hello world";
      return ctx.next();
    })
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("server", "fresh server");
      return response;
    })
    .get("/", (ctx) => ctx.render(<h1>{ctx.state.greeting}</h1>));
  const response = await ask(app, "/");
  assertEquals(response.headers.get("server"), "fresh server");
  assertStringIncludes(await response.text(), "<h1>Hello world</h1>");
});

Deno.test("concepts/data-fetching: a handler finds the project, or throws a 404", async () => {
  const handler = define.handlers({
    GET(ctx) {
      if (ctx.params.id !== "fresh") throw new HttpError(404);
      return page({ name: "Fresh", stars: 12 }, {
        status: 201,
        headers: { "Cache-Control": "public, max-age=3600" },
      });
    },
  });
  const component = define.page<typeof handler>(({ data }) => (
    <p>{data.stars} stars</p>
  ));
  const app = mount("/projects/:id", handler, component);
  const response = await ask(app, "/projects/fresh");
  assertEquals(response.status, 201);
  assertEquals(
    response.headers.get("Cache-Control"),
    "public, max-age=3600",
  );
  assertStringIncludes(await response.text(), "<p>12 stars</p>");
  assertEquals((await ask(app, "/projects/other")).status, 404);
});

Deno.test("concepts/data-fetching: a handler redirects who is not signed in", async () => {
  const handler = define.handlers({
    GET: (ctx) => ctx.state.user ? page() : ctx.redirect("/login"),
  });
  const component = define.page((ctx) => <h1>{ctx.state.user?.name}</h1>);
  const createApp = (name: string | null) =>
    new App<State>()
      .use((ctx) => {
        ctx.state.user = name === null ? null : { name };
        return ctx.next();
      })
      .route("/", { handler, component: component as never });
  const answer = await ask(createApp(null), "/");
  assertEquals([answer.status, answer.headers.get("location")], [
    302,
    "/login",
  ]);
  assertStringIncludes(await askText(createApp("Ada"), "/"), "<h1>Ada</h1>");
});

Deno.test("advanced/layouts: a layout for all, and one on top for a folder", async () => {
  const app = new App()
    .layout("*", ({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .layout("/admin", ({ Component }) => (
      <nav>
        <Component />
      </nav>
    ))
    .get("/", (ctx) => ctx.render(<h1>Home</h1>))
    .layout("/landing/*", ({ Component }) => (
      <nav>
        <Component />
      </nav>
    ))
    .get("/admin/dashboard", (ctx) => ctx.render(<h1>Dashboard</h1>))
    .get("/landing/page", (ctx) => ctx.render(<h1>Page</h1>));
  assertEquals(
    readBody(await askText(app, "/")),
    "<main><h1>Home</h1></main>",
  );
  assertEquals(
    readBody(await askText(app, "/admin/dashboard")),
    "<main><nav><h1>Dashboard</h1></nav></main>",
  );
  // Documented as the way to write it, but Fresh passes the star over.
  assertEquals(
    readBody(await askText(app, "/landing/page")),
    "<main><h1>Page</h1></main>",
  );
});

Deno.test("advanced/error-handling: the nested error page answers", async () => {
  const throwIt = () => {
    throw new Error("fail");
  };
  const app = new App()
    .onError("*", () => new Response("Oops!", { status: 500 }))
    .onError("/foo/bar", () => new Response("nested error!", { status: 500 }))
    .get("/thrower", throwIt)
    .get("/foo/bar/thrower", throwIt);
  assertEquals(await askText(app, "/thrower"), "Oops!");
  assertEquals(await askText(app, "/foo/bar/thrower"), "nested error!");
});

Deno.test("advanced/error-handling: an error page tells an HttpError by its class", async () => {
  const app = new App()
    .onError("*", ({ error }) => {
      const isHttpError = error instanceof runtime.HttpError;
      return new Response("oops", { status: isHttpError ? error.status : 500 });
    })
    .get("/", () => {
      throw new HttpError(403, "Admin access required");
    });
  assertEquals((await ask(app, "/")).status, 403);
});

Deno.test("advanced/forms: a form is posted and answered with a redirect", async () => {
  const handler = define.handlers({
    GET: () => ({ data: {} }),
    async POST(ctx) {
      const form = await ctx.req.formData();
      const location = `/thanks?email=${form.get("email")}`;
      return new Response(null, { status: 303, headers: { location } });
    },
  });
  const component = define.page<typeof handler>(() => <form method="post" />);
  const app = mount("/subscribe", handler, component);
  assertStringIncludes(await askText(app, "/subscribe"), 'method="post"');
  const body = new URLSearchParams({ email: "a@b.example" });
  const response = await ask(app, "/subscribe", { method: "POST", body });
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("location"), "/thanks?email=a@b.example");
});

Deno.test("advanced/forms: a file is uploaded and its name shown", async () => {
  const handler = define.handlers({
    async POST(ctx) {
      const file = (await ctx.req.formData()).get("my-file");
      return page({ name: file instanceof File ? file.name : "none" });
    },
  });
  const component = define.page<typeof handler>((props) => (
    <p>{props.data.name} uploaded!</p>
  ));
  const app = mount("/upload", handler, component);
  const body = new FormData();
  body.set("my-file", new File(["content"], "notes.txt"));
  const response = await ask(app, "/upload", { method: "POST", body });
  assertStringIncludes(await response.text(), "<p>notes.txt uploaded!</p>");
});
