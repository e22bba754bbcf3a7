/**
 * What TypeScript infers from the public types; `deno check` is the test, and
 * each `@ts-expect-error` fails it when the error is gone.
 */
import {
  App,
  type Context,
  createDefine,
  type HandlerByMethod,
  type HandlerFn,
  HttpError,
  type LayoutConfig,
  type ListenOptions,
  type Middleware,
  page,
  type PageProps,
  type PageResponse,
  type RouteConfig,
  type RouteHandler,
} from "fresh";
import { asset, Head, IS_BROWSER } from "fresh/runtime";
import { Builder } from "fresh/dev";

interface State {
  foo: number;
}

const define = createDefine<State>();

/** Whether two types are one, `any` told from the rest. */
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles if the first type is the second. */
function expectType<Expected>() {
  return <Actual,>(
    _value: Actual,
    ..._proof: IsSame<Actual, Expected> extends true ? [] : [never]
  ): void => {};
}

Deno.test("define.handlers() knows the state, and define.page() the data", () => {
  const handler = define.handlers({
    GET(ctx) {
      expectType<Context<State>>()(ctx);
      expectType<number>()(ctx.state.foo);
      return page({ bar: [1, 2, 3] });
    },
    POST: () => new Response(),
  });
  define.page<typeof handler>(({ data, state, params }) => {
    expectType<number[]>()(data.bar);
    expectType<State>()(state);
    expectType<Record<string, string>>()(params);
    // @ts-expect-error -- the handler gives no such thing
    return <p>{data.other}</p>;
  });
});

Deno.test("define.page() takes the data of a handler function, async too", () => {
  const handler = define.handlers(async (ctx) => {
    expectType<State>()(ctx.state);
    return page({ name: await Promise.resolve("Ada") });
  });
  define.page<typeof handler>(({ data }) => {
    expectType<string>()(data.name);
    return <p>{data.name}</p>;
  });
});

Deno.test("handlers that give different data make a union of it", () => {
  const handler = define.handlers({
    GET: () => page({ bar: 1 }),
    POST: () => page({ baz: "hello" }),
  });
  define.page<typeof handler>(({ data }) => {
    if ("baz" in data) expectType<string>()(data.baz);
    else expectType<number>()(data.bar);
    return null;
  });
});

Deno.test("a page without a handler has no data", () => {
  define.page(({ data }) => {
    expectType<never>()(data);
    return null;
  });
});

Deno.test("define.layout() and define.middleware() know the state", () => {
  define.layout(({ Component, state, data }) => {
    expectType<State>()(state);
    expectType<unknown>()(data);
    return <Component />;
  });
  define.middleware((ctx) => {
    expectType<number>()(ctx.state.foo);
    return ctx.next();
  });
  // @ts-expect-error -- a middleware answers with a Response
  define.middleware(() => "text");
  define.middleware([(ctx) => ctx.next(), (ctx) => ctx.next()]);
});

Deno.test("page() keeps the type of its data", () => {
  expectType<PageResponse<{ a: number }>>()(page({ a: 1 }));
  expectType<PageResponse<undefined>>()(page());
  // @ts-expect-error -- a status is a number
  page({}, { status: "404" });
});

Deno.test("App takes middlewares of its own state only, and chains", () => {
  const app = new App<State>({ basePath: "/x" });
  expectType<App<State>>()(app.use((ctx) => ctx.next()).fsRoutes());
  const other: Middleware<{ bar: string }> = (ctx) => ctx.next();
  // @ts-expect-error -- made for another state
  app.use(other);
  app.get("/:id", (ctx) => {
    expectType<string | null>()(ctx.route);
    // Under noUncheckedIndexedAccess.
    expectType<string | undefined>()(ctx.params.id);
    return ctx.redirect(`/${ctx.params.id}`, 307);
  });
  expectType<
    (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>
  >()(app.handler());
});

Deno.test("a context says where a request comes from", () => {
  define.middleware((ctx) => {
    expectType<URL>()(ctx.url);
    expectType<Request>()(ctx.req);
    expectType<Deno.ServeHandlerInfo>()(ctx.info);
    expectType<unknown>()(ctx.error);
    expectType<boolean>()(ctx.isPartial);
    return ctx.render(<p />, { status: 201 }, { skipAppWrapper: true });
  });
});

Deno.test("the names for types that are written out can be used", () => {
  const byMethod: HandlerByMethod<{ a: number }, State> = {
    GET: () => page({ a: 1 }),
  };
  const one: HandlerFn<{ a: number }, State> = () => page({ a: 1 });
  const either: RouteHandler<{ a: number }, State>[] = [byMethod, one];
  const config: RouteConfig = {
    routeOverride: "/x",
    skipInheritedLayouts: true,
    methods: ["GET"],
  };
  const layout: LayoutConfig = { skipAppWrapper: true };
  const options: ListenOptions = { port: 0, hostname: "127.0.0.1" };
  const Plain = (props: PageProps<{ a: number }, State>) => (
    <p>{props.data.a + props.state.foo}</p>
  );
  void [either, config, layout, options, Plain];
});

Deno.test("HttpError has a number for its status, and a cause", () => {
  const error = new HttpError(404, "Not here", { cause: "c" });
  expectType<string>()(error.message);
  // @ts-expect-error -- 200 is no error
  new HttpError(200);
});

Deno.test("fresh/runtime and fresh/dev are typed", () => {
  expectType<boolean>()(IS_BROWSER);
  expectType<string>()(asset("/a.css"));
  void (
    <Head>
      <title>Title</title>
    </Head>
  );
  const builder = new Builder<State>({ target: "safari12" });
  const start = () => builder.listen(() => Promise.resolve(new App<State>()));
  const build = async (app: App<State>) => {
    const apply = await builder.build({ snapshot: "memory" });
    apply(app);
  };
  void [start, build];
});
