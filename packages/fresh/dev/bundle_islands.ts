/**
 * Bundles islands and the framework's scripts for the browser, with esbuild.
 *
 * What several of them share goes into chunks of their own. Source maps are
 * made in production too, but never referred to: they are for whoever reads a
 * stack trace, not for the public.
 */
import * as esbuild from "esbuild";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type DenoGraph, loadDenoGraph } from "./deno_graph.ts";

/** What to bundle, and how. */
export interface BundleOptions {
  /** Folder of the project. */
  readonly root: string;
  /** The deno.json whose import map counts. */
  readonly configPath: string;
  /** Package of the JSX runtime. */
  readonly jsxImportSource: string;
  readonly mode: "development" | "production";
  /** Browsers, as esbuild names them. */
  readonly target: string | string[];
  /** Compiled in, for `asset()`. */
  readonly buildId: string;
  /** Islands: names of their scripts, and paths. */
  readonly islands: ReadonlyMap<string, string>;
}

/** A file that came out. */
export interface BundledFile {
  /** Its name, without any folder. */
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Hash of the content. */
  readonly hash: string;
}

const OWN_SCRIPTS = {
  "fresh-runtime": "../client/boot.ts",
  "fresh-signals": "../client/signals.ts",
};
const DEV_SCRIPTS = { "fresh-dev": "../client/live_reload.ts" };

/**
 * Bundles for the browser.
 *
 * @param options See {@linkcode BundleOptions}.
 * @returns Scripts and source maps; the script of an island has its name.
 * @throws {Error} when a module is missing or does not compile.
 */
export async function bundleIslands(
  options: BundleOptions,
): Promise<BundledFile[]> {
  const isDev = options.mode === "development";
  const entryPoints = listEntryPoints(options);
  const graph = await loadDenoGraph(
    Object.values(entryPoints),
    options.configPath,
  );
  const { outputFiles } = await esbuild.build({
    entryPoints,
    absWorkingDir: options.root,
    outdir: ".",
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: options.target,
    minify: !isDev,
    sourcemap: isDev ? "linked" : "external",
    jsx: "automatic",
    jsxImportSource: options.jsxImportSource,
    define: { "process.env.NODE_ENV": JSON.stringify(options.mode) },
    logLevel: "silent",
    plugins: [createDenoPlugin(graph, options.buildId)],
  });
  return outputFiles.map(({ path, contents, hash }) => ({
    name: basename(path),
    content: new Uint8Array(contents),
    hash,
  }));
}

function listEntryPoints(
  { islands, mode }: BundleOptions,
): Record<string, string> {
  const scripts = mode === "development"
    ? { ...OWN_SCRIPTS, ...DEV_SCRIPTS }
    : OWN_SCRIPTS;
  const own = Object.entries(scripts).map(([name, path]) => [
    name,
    fileURLToPath(new URL(path, import.meta.url)),
  ]);
  return Object.fromEntries([...own, ...islands]);
}

/** Says that an import has been here before. */
const RESOLVED = Symbol("resolved");

function createDenoPlugin(graph: DenoGraph, buildId: string): esbuild.Plugin {
  return {
    name: "deno",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        const { kind, importer, path, pluginData } = args;
        if (kind === "entry-point" || pluginData === RESOLVED) return undefined;
        const found = graph.resolve(path, importer);
        if (found === null) return undefined;
        if (found.kind === "file") return { path: found.path };
        const { specifier, folder: resolveDir } = found;
        const options = { kind, importer, resolveDir, pluginData: RESOLVED };
        return await build.resolve(specifier, options);
      });
      // On the server it reads the environment, which a browser has not.
      build.onLoad({ filter: /\/fresh\/shared\/build_id\.ts$/ }, () => ({
        contents: `export const BUILD_ID = ${JSON.stringify(buildId)};`,
      }));
    },
  };
}
