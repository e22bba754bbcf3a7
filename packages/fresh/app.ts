/**
 * The app: registers middlewares and routes. What answers requests with them is
 * made in create_handler.ts.
 */
import type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
import { createHandler } from "./create_handler.ts";
import { listen, type ListenOptions } from "./listen.ts";
import type { MaybeLazyMiddleware, Middleware } from "./middleware.ts";
import type { RouteComponent } from "./page_props.ts";
import type { LayoutConfig, MaybeLazy, Route, RouteConfig } from "./route.ts";
import {
  registerAppWrapper,
  registerError,
  registerGroup,
  registerHandler,
  registerLayout,
  registerMiddlewares,
  registerNotFound,
  registerRoute,
  type Registration,
} from "./routing/registration.ts";
import type { Method } from "./routing/router.ts";
import { type BuildCache, createEmptyCache } from "./build_cache.ts";

/** Gives an app what was built for it. */
export let setBuildCache: <State>(
  app: App<State>,
  cache: BuildCache<State>,
  mode: "development" | "production",
) => void;

/** Sets who is told of errors, before any error page answers them. */
export let setErrorInterceptor: <State>(
  app: App<State>,
  onError: (error: unknown) => void,
) => void;

/** Registers middlewares, routes and pages; then answers requests. */
export class App<State> {
  /** The configuration in use. */
  config: ResolvedFreshConfig;

  readonly #registrations: Registration<State>[] = [];
  #buildCache: BuildCache<State> | null = null;
  #onError: (error: unknown) => void = () => {};

  /**
   * Makes an app without any routes.
   *
   * @param config See {@linkcode FreshConfig}.
   */
  constructor(config: FreshConfig = {}) {
    this.config = {
      root: ".",
      basePath: config.basePath ?? "",
      mode: config.mode ?? "production",
      trustProxy: config.trustProxy ?? false,
    };
  }

  static {
    setBuildCache = (app, cache, mode) => {
      app.config.root = cache.root;
      app.config.mode = mode;
      app.#buildCache = cache;
    };
    setErrorInterceptor = (app, onError) => {
      app.#onError = onError;
    };
  }

  /**
   * Adds middlewares for everything that is registered after them.
   *
   * @param middleware In the order in which they run.
   * @returns The app.
   */
  use(...middleware: MaybeLazyMiddleware<State>[]): this;
  /**
   * Adds middlewares for a path and what is below it.
   *
   * @param path The path.
   * @param middleware In the order in which they run.
   * @returns The app.
   */
  use(path: string, ...middleware: MaybeLazyMiddleware<State>[]): this;
  use(
    first: string | MaybeLazyMiddleware<State>,
    ...rest: MaybeLazyMiddleware<State>[]
  ): this {
    return typeof first === "string"
      ? this.#register(registerMiddlewares(first, rest))
      : this.#register(registerMiddlewares("*", [first, ...rest]));
  }

  /**
   * Sets what answers 404. Its status is 200 unless it names another.
   *
   * @param item A route or a middleware.
   * @returns The app.
   */
  notFound(item: Route<State> | Middleware<State>): this {
    return this.#register(registerNotFound(item));
  }

  /**
   * Sets what answers errors of a path and of what is below it.
   *
   * @param path The path, `*` for all.
   * @param item A route or a middleware; it finds the error in `ctx.error`.
   * @returns The app.
   */
  onError(path: string, item: Route<State> | Middleware<State>): this {
    return this.#register(registerError(path, item));
  }

  /**
   * Sets the component around all pages that are registered after it.
   *
   * @param component Renders `<props.Component />`.
   * @returns The app.
   */
  appWrapper(component: RouteComponent<State>): this {
    return this.#register(registerAppWrapper(component));
  }

  /**
   * Sets the component around the pages of a path that come after it.
   *
   * @param path The path, `*` for all.
   * @param component Renders `<props.Component />`.
   * @param config What it leaves out.
   * @returns The app.
   */
  layout(
    path: string,
    component: RouteComponent<State>,
    config?: LayoutConfig,
  ): this {
    return this.#register(registerLayout(path, component, config));
  }

  /**
   * Adds a route.
   *
   * @param path Its pattern.
   * @param route The route or its loader.
   * @param config Config of a lazy route.
   * @returns The app.
   */
  route(
    path: string,
    route: MaybeLazy<Route<State>>,
    config?: RouteConfig,
  ): this {
    return this.#register(
      registerRoute(path, route, { config, isSegment: true }),
    );
  }

  /**
   * Adds middlewares for GET, and so for HEAD, at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("GET", path, middlewares);
  }

  /**
   * Adds middlewares for POST at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("POST", path, middlewares);
  }

  /**
   * Adds middlewares for PATCH at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  patch(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("PATCH", path, middlewares);
  }

  /**
   * Adds middlewares for PUT at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  put(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("PUT", path, middlewares);
  }

  /**
   * Adds middlewares for DELETE at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  delete(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("DELETE", path, middlewares);
  }

  /**
   * Adds middlewares for HEAD at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  head(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("HEAD", path, middlewares);
  }

  /**
   * Adds middlewares for all methods at a path.
   *
   * @param path Its pattern.
   * @param middlewares The last one answers.
   * @returns The app.
   */
  all(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle("ALL", path, middlewares);
  }

  /**
   * Adds the routes of the routes folder at this point.
   *
   * @param pattern Path in front of them; none by default.
   * @returns The app.
   */
  fsRoutes(pattern = "*"): this {
    return this.#register(
      registerGroup(pattern, () => this.#buildCache?.fsRoutes ?? []),
    );
  }

  /**
   * Makes the function that answers requests, with what is registered so far.
   *
   * @returns The handler. It rejects only for paths that are not properly
   * percent-encoded; other errors are answered.
   * @throws {Error} on a deployment, when there is no build.
   */
  handler(): (
    request: Request,
    info?: Deno.ServeHandlerInfo,
  ) => Promise<Response> {
    return createHandler<State>({
      registrations: this.#registrations,
      config: this.config,
      buildCache: this.#buildCache ?? createEmptyCache(this.config),
      onError: (error) => this.#onError(error),
    });
  }

  /**
   * Serves the app.
   *
   * @param options As for `Deno.serve`. Without a port, or with 0, it is the
   * first free one from 8000 on.
   */
  async listen(options: ListenOptions = {}): Promise<void> {
    await listen(this.handler(), this.config.basePath, options);
  }

  #register(registration: Registration<State>): this {
    this.#registrations.push(registration);
    return this;
  }

  #handle(
    method: Method | "ALL",
    path: string,
    middlewares: MaybeLazy<Middleware<State>>[],
  ): this {
    return this.#register(registerHandler(method, path, middlewares));
  }
}
