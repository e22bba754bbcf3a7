/**
 * What an app asks of what was built for it: islands, file routes, static files.
 *
 * snapshot.ts reads the build on disk, dev/memory_snapshot.ts holds one in
 * memory; where scripts are, both have in common.
 */
import type { VNode } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";
import type { Registration } from "./routing/registration.ts";
import { DENO_DEPLOYMENT_ID } from "./shared/build_id.ts";

/** A component that is hydrated in the browser. */
export interface Island {
  /** Path of its script, below the base path. */
  readonly file: string;
  /** Name that no other island has; word characters only. */
  readonly name: string;
  /** What its module exports it as. */
  readonly exportName: string;
}

/** A file to be served. */
export interface StaticFile {
  /** Hash of its content, if that is known. */
  readonly hash: string | null;
  /** Length in bytes. */
  readonly size: number;
  /** Media type with charset. */
  readonly contentType: string;
  /** The content. */
  readonly readable: BodyInit;
  /** Has to be called when `readable` is not read. */
  close(): void;
}

/** Paths of the framework's own scripts, below the base path. */
export interface ClientScripts {
  /** Starts islands. */
  readonly runtime: string;
  /** Revives signals; loaded when a page has any. */
  readonly signals: string;
  /** Reloads the page after a change; on every page, in development only. */
  readonly dev: string | null;
}

/** What the app asks of a build. */
export interface BuildCache<State> {
  /** Folder of the project. */
  readonly root: string;
  /** Islands by their component. */
  readonly islands: ReadonlyMap<unknown, Island>;
  /** The framework's own scripts. */
  readonly scripts: ClientScripts;
  /** What `fsRoutes()` stands for. */
  readonly fsRoutes: readonly Registration<State>[];
  /**
   * Opens a static file.
   *
   * @param pathname Path below the base path, each segment URI-encoded.
   * @returns The file, or null.
   */
  readFile(pathname: string): Promise<StaticFile | null>;
  /**
   * Shows an error on top of the page; development only.
   *
   * @param error What `ctx.error` holds.
   * @returns The overlay, or null when the error is nobody's mistake.
   */
  renderError(error: unknown): VNode | null;
}

/**
 * Names the folder of a build's scripts.
 *
 * @param buildId The build's id.
 * @returns Its path below the base path, with a slash at the end.
 */
export function toScriptFolder(buildId: string): string {
  return `/_fresh/js/${buildId}/`;
}

/**
 * Names the framework's own scripts.
 *
 * @param buildId The build's id.
 * @param mode Whether there is a script for development.
 * @returns Their paths.
 */
export function listClientScripts(
  buildId: string,
  mode: "development" | "production",
): ClientScripts {
  const folder = toScriptFolder(buildId);
  return {
    runtime: `${folder}fresh-runtime.js`,
    signals: `${folder}fresh-signals.js`,
    dev: mode === "development" ? `${folder}fresh-dev.js` : null,
  };
}

/**
 * Opens a file for serving.
 *
 * @param path Where it is.
 * @returns Size, content and how to close it.
 * @throws {Deno.errors.NotFound} when it is gone.
 */
export async function openStaticFile(
  path: string,
): Promise<Pick<StaticFile, "size" | "readable" | "close">> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  return { size, readable: file.readable, close: () => file.close() };
}

/**
 * Stands in where nothing was built, as in tests of single handlers.
 *
 * @param config The app's configuration.
 * @returns A build without islands, routes and files.
 * @throws {Error} on a deployment: there it is a mistake.
 */
export function createEmptyCache<State>(
  { mode }: ResolvedFreshConfig,
): BuildCache<State> {
  if (mode === "production" && DENO_DEPLOYMENT_ID !== undefined) {
    throw new Error(
      "Cannot serve app: there is no build, so run the build task and serve _fresh/server.js",
    );
  }
  return {
    root: ".",
    islands: new Map(),
    scripts: listClientScripts("none", "production"),
    fsRoutes: [],
    readFile: () => Promise.resolve(null),
    renderError: () => null,
  };
}
