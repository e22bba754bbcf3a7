/**
 * What a build consists of, before it is written to disk or kept in memory.
 */
import type { BundledFile } from "./bundle_islands.ts";
import type { FoundRoute } from "./crawl_routes.ts";

/** The result of bundling and crawling. */
export interface BuildOutput {
  readonly buildId: string;
  readonly mode: "development" | "production";
  /** Folder of the project. */
  readonly root: string;
  /** Folders of static files; the first that has a file counts. */
  readonly staticDirs: readonly string[];
  /** Islands: names of their scripts, and paths. */
  readonly islands: ReadonlyMap<string, string>;
  readonly routes: readonly FoundRoute[];
  /** Scripts and source maps. */
  readonly files: readonly BundledFile[];
}
