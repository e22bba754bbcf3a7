/**
 * The examples of Fresh's own documentation (concepts, advanced), as far
 * as the tests beside this one do not cover them.
 *
 * @see https://fresh.deno.dev/docs
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, createDefine, HttpError, page, type RouteHandler } from "fresh";
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
