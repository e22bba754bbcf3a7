/**
 * The context of one request, handed through middlewares, handlers and pages.
 *
 * Rendering itself is in rendering/render_page.ts. WebSockets and Partials are
 * left out.
 */
import type * as preact from "preact";
import type { ResolvedFreshConfig } from "./config.ts";
import type { RouteComponent } from "./page_props.ts";
import { renderPage } from "./rendering/render_page.ts";
import type { LayoutConfig } from "./route.ts";
import type { BuildCache } from "./build_cache.ts";

/** The wrappers that stand around the page at this point of the chain. */
export interface UiTree<State> {
  /** The app wrapper, the outermost. */
  app: RouteComponent<State> | null;
  /** The layouts, the outermost first. */
  layouts: readonly RouteComponent<State>[];
}

/** What makes a context. */
export interface ContextInit<State> {
  /** The request as it came. */
  readonly req: Request;
  /** Its URL, slashes collapsed. */
  readonly url: URL;
  /** Where it came from. */
  readonly info: Deno.ServeHandlerInfo;
  /** The pattern that fits, or null. */
  readonly route: string | null;
  /** Values of the pattern's groups. */
  readonly params: Record<string, string>;
  /** The app's configuration. */
  readonly config: ResolvedFreshConfig;
  /** What answers when nothing else does. */
  readonly next: () => Promise<Response>;
  /** Islands, static files and routes of the app. */
  readonly buildCache: BuildCache<State>;
}

/** The former name of {@linkcode Context}. */
export type FreshContext<State = unknown> = Context<State>;

/** The wrappers around the page, for the chain to change as it goes. */
export let readUiTree: <State>(ctx: Context<State>) => UiTree<State>;

/** What was built for the app that the request belongs to. */
export let readBuildCache: <State>(ctx: Context<State>) => BuildCache<State>;

/** A request on its way through the app. */
export class Context<State> {
  /** The app's configuration. */
  readonly config: ResolvedFreshConfig;
  /** The request's URL, repeated slashes collapsed. */
  readonly url: URL;
  /** The request as it came. */
  req: Request;
  /** The pattern of the route, such as `/users/:id`; null when none fits. */
  readonly route: string | null;
  /** Values of the pattern's groups; `%2F` stays as it is. */
  readonly params: Record<string, string>;
  /** For middlewares and handlers to share. */
  readonly state: State = {} as State; // filled in by the app's middlewares
  /** Unused by the framework. */
  data: unknown = undefined;
  /** The last error that a middleware saw, else null. */
  error: unknown | null = null;
  /** The connection that the request came by. */
  readonly info: Deno.ServeHandlerInfo;
  /** Always false: Partials are left out. */
  readonly isPartial: boolean = false;
  /** Calls the next middleware or the handler. */
  next: () => Promise<Response>;
  /** What a layout or app wrapper has to render. */
  Component!: preact.FunctionComponent;

  readonly #buildCache: BuildCache<State>;
  readonly #tree: UiTree<State> = { app: null, layouts: [] };

  /**
   * Makes the context of a request; the app's own handler does.
   *
   * @param init See {@linkcode ContextInit}.
   */
  constructor(init: ContextInit<State>) {
    this.config = init.config;
    this.url = init.url;
    this.req = init.req;
    this.route = init.route;
    this.params = init.params;
    this.info = init.info;
    this.next = init.next;
    this.#buildCache = init.buildCache;
  }

  static {
    readUiTree = (ctx) => ctx.#tree;
    readBuildCache = (ctx) => ctx.#buildCache;
  }

  /**
   * Answers with a redirect.
   *
   * @param pathOrUrl Where to; repeated slashes of a path are collapsed, so
   * that `//host` cannot lead away.
   * @param status 302 by default.
   * @returns The answer; its headers can be changed.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    const location = pathOrUrl.startsWith("/")
      ? pathOrUrl.replace(/^[^?#]*/, (path) => path.replace(/\/+/g, "/"))
      : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders a page inside the layouts and the app wrapper.
   *
   * @param vnode The page.
   * @param init Status and headers; the content type is set.
   * @param config Which wrappers to leave out.
   * @returns The page as HTML.
   */
  render(
    // deno-lint-ignore no-explicit-any -- a node of any kind
    vnode: preact.VNode<any> | null,
    init: ResponseInit | undefined = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    return renderPage(this, vnode, init, config);
  }

  /**
   * Answers with plain text.
   *
   * @param content The text.
   * @param init Status and headers.
   * @returns The answer.
   */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /**
   * Answers with HTML that is ready-made.
   *
   * @param content The HTML.
   * @param init Status and headers; the content type is set.
   * @returns The answer.
   */
  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /**
   * Answers with JSON.
   *
   * @param content Anything that `JSON.stringify` takes.
   * @param init Status and headers.
   * @returns The answer.
   */
  // deno-lint-ignore no-explicit-any -- the original's signature
  json(content: any, init?: ResponseInit): Response {
    return Response.json(content, init);
  }
}
