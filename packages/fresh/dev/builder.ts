/**
 * `Builder`: builds an app for production, for tests, or runs it in
 * development.
 *
 * A build goes through these steps: `crawlRoutes()` finds routes and islands,
 * `bundleIslands()` makes the scripts, `writeDiskSnapshot()` or
 * `MemorySnapshot.load()` keep what came out.
 */
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { App, setBuildCache } from "../app.ts";
import { listen, type ListenOptions } from "../listen.ts";
import { BUILD_ID } from "../shared/build_id.ts";
import { claimName } from "../snapshot.ts";
import type { BuildOutput } from "./build_output.ts";
import { bundleIslands } from "./bundle_islands.ts";
import { crawlRoutes } from "./crawl_routes.ts";
import { findDenoConfig } from "./deno_config.ts";
import { createDevHandler } from "./dev_server.ts";
import { writeDiskSnapshot } from "./disk_snapshot.ts";
import { MemorySnapshot } from "./memory_snapshot.ts";

/** Where a project has its files; relative paths start at `root`. */
export interface BuildOptions {
  /** Browsers that scripts have to run in, as esbuild names them. */
  target?: string | string[];
  /** Folder of the project; the current one by default. */
  root?: string;
  /** Where builds are written to; `_fresh` by default. */
  outDir?: string;
  /** Folders of static files, `static` by default; the first hit counts. */
  staticDir?: string | string[];
  /** Folder of islands, `islands` by default. */
  islandDir?: string;
  /** Folder of route files, `routes` by default. */
  routeDir?: string;
  /** Module that exports `app`; `main.ts` by default. */
  serverEntry?: string;
  /** Files to be passed over; test files by default. */
  ignore?: RegExp[];
}

/** The options in use, paths absolute. */
export interface ResolvedBuildConfig
  extends Required<Omit<BuildOptions, "staticDir">> {
  /** Folders of static files. */
  staticDir: string[];
  /** How the last build was made. */
  mode: "development" | "production";
  /** Names the script folder and marks assets. */
  buildId: string;
}

const DEFAULT_TARGET = ["chrome99", "firefox99", "safari15"];
const TEST_FILE = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/** Builds apps. */
// deno-lint-ignore no-explicit-any -- the original's signature
export class Builder<State = any> {
  /** The options in use. */
  config: ResolvedBuildConfig;

  readonly #ownIslands = new Set<string>();

  /**
   * Notes where the project has its files; nothing is read yet.
   *
   * @param options See {@linkcode BuildOptions}.
   */
  constructor(options: BuildOptions = {}) {
    const root = toPath(options.root ?? ".", Deno.cwd());
    this.config = {
      root,
      target: options.target ?? DEFAULT_TARGET,
      outDir: toPath(options.outDir ?? "_fresh", root),
      staticDir: [options.staticDir ?? "static"].flat()
        .map((dir) => toPath(dir, root)),
      islandDir: toPath(options.islandDir ?? "islands", root),
      routeDir: toPath(options.routeDir ?? "routes", root),
      serverEntry: toPath(options.serverEntry ?? "main.ts", root),
      ignore: options.ignore ?? [TEST_FILE],
      mode: "production",
      buildId: BUILD_ID,
    };
  }

  /**
   * Adds an island that is not in the islands folder.
   *
   * @param path Path or file URL of its module.
   */
  registerIsland(path: string): void {
    this.#ownIslands.add(toPath(path, this.config.root));
  }

  /**
   * Runs an app in development: built in memory, errors shown, pages reloaded
   * after a restart.
   *
   * @param importApp Imports the app, so that it is loaded after the routes
   * are known.
   * @param options As for `app.listen()`.
   */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    const output = await this.#build("development");
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    const snapshot = await MemorySnapshot.load<State>(output);
    setBuildCache(app, snapshot, "development");
    const handler = createDevHandler(app, snapshot);
    await listen(handler, app.config.basePath, options);
  }

  /**
   * Builds an app.
   *
   * @param options `mode` is `production` by default; `snapshot: "memory"`
   * writes nothing.
   * @returns Gives an app what was built; of use with a snapshot in memory.
   * @throws {Error} when a module is missing or does not compile.
   */
  async build(
    options: {
      mode?: ResolvedBuildConfig["mode"];
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    const output = await this.#build(options.mode ?? "production");
    if (options.snapshot !== "memory") {
      await writeDiskSnapshot(output, this.config);
      return refuseDiskSnapshot;
    }
    const snapshot = await MemorySnapshot.load<State>(output);
    return (app) => setBuildCache(app, snapshot, app.config.mode);
  }

  async #build(mode: ResolvedBuildConfig["mode"]): Promise<BuildOutput> {
    this.config.mode = mode;
    const { root, target, buildId, staticDir } = this.config;
    const found = await crawlRoutes(this.config);
    const islands = nameIslands([...found.islands, ...this.#ownIslands]);
    const { path, jsxImportSource } = await findDenoConfig(root);
    const files = await bundleIslands({
      root,
      configPath: path,
      jsxImportSource,
      mode,
      target,
      buildId,
      islands,
    });
    const { routes } = found;
    return {
      buildId,
      mode,
      root,
      staticDirs: staticDir,
      islands,
      routes,
      files,
    };
  }
}

/** `_fresh/server.js` applies it; nothing of it was loaded here. */
function refuseDiskSnapshot(): never {
  throw new Error("Cannot apply snapshot: it was written to disk");
}

function toPath(path: string, root: string): string {
  return path.startsWith("file:") ? fileURLToPath(path) : resolve(root, path);
}

function nameIslands(paths: readonly string[]): Map<string, string> {
  const names = new Set<string>();
  return new Map(paths.map((path) => {
    const stem = basename(path).replace(/\.[tj]sx?$/, "");
    return [claimName(names, stem), path];
  }));
}
