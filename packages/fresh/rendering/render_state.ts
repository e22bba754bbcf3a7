/**
 * What is known of the page that is being rendered.
 *
 * preact's hooks are global, so there is one current state; as rendering never
 * waits, it belongs to one page from beginning to end.
 */
import type { ComponentChildren, VNode } from "preact";
import type { BuildCache, ClientScripts, Island } from "../build_cache.ts";
import type { Context } from "../context.ts";

/** JSX handed to an island, to be found again in the browser. */
export interface Slot {
  /** Index among the page's slots. */
  readonly id: number;
  /** The island's property. */
  readonly name: string;
  /** The content. */
  readonly children: ComponentChildren;
  /** False as long as the island has not rendered it. */
  isRendered: boolean;
}

/** The properties of one island on the page. */
export interface IslandProps {
  /** Which island. */
  readonly island: Island;
  /** Its properties, JSX replaced by slots. */
  readonly props: Record<string, unknown>;
}

/** What is known so far. */
export interface RenderState {
  /** Marks the scripts and styles of this answer. */
  readonly nonce: string;
  readonly url: URL;
  readonly basePath: string;
  /** What the error page shows. */
  readonly error: unknown;
  readonly buildCache: Pick<BuildCache<unknown>, "islands" | "renderError">;
  readonly scripts: ClientScripts;
  /** Islands on the page, each once. */
  readonly islands: Set<Island>;
  readonly islandProps: IslandProps[];
  readonly slots: Slot[];
  /** Elements from `<Head>` that are not in the document yet, by kind or key. */
  readonly headElements: Map<string, VNode>;
  /** Which of the document's own elements somebody has rendered. */
  readonly rendered: { html: boolean; head: boolean; body: boolean };
  /** Components being rendered, the innermost last. */
  readonly owners: Owner[];
  hasScripts: boolean;
}

/** A component being rendered. */
export interface Owner {
  readonly vnode: VNode;
  /** Whether what it creates belongs to an island's own code. */
  readonly isIslandCode: boolean;
}

let current: RenderState | null = null;

/**
 * Makes the state of a page that is about to be rendered.
 *
 * @param ctx The request.
 * @param buildCache The app's islands and scripts.
 * @returns The state, with a new nonce.
 */
export function createRenderState<State>(
  { url, config, error }: Context<State>,
  buildCache: BuildCache<State>,
): RenderState {
  return {
    nonce: crypto.randomUUID().replaceAll("-", ""),
    url,
    basePath: config.basePath,
    error,
    buildCache,
    scripts: buildCache.scripts,
    islands: new Set(),
    islandProps: [],
    slots: [],
    headElements: new Map(),
    rendered: { html: false, head: false, body: false },
    owners: [],
    hasScripts: false,
  };
}

/**
 * Makes a state the current one while something is rendered.
 *
 * @param state The state.
 * @param render Renders; it must not be async.
 * @returns What it returns.
 */
export function withRenderState<T>(state: RenderState, render: () => T): T {
  const before = current;
  current = state;
  try {
    return render();
  } finally {
    current = before;
  }
}

/**
 * Gives the state of the page being rendered.
 *
 * @returns The state; null outside of rendering.
 */
export function currentRenderState(): RenderState | null {
  return current;
}
