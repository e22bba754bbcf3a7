/**
 * Writes a production build to `_fresh/`: scripts, source maps apart from them,
 * `snapshot.js` with all that the server has to know, and `server.js`, whose
 * default export answers requests.
 *
 * snapshot.ts reads it. Static files stay where they are.
 */
import { createHash } from "node:crypto";
import { dirname, join, relative, sep } from "node:path";
import { toScriptFolder } from "../build_cache.ts";
import type { SnapshotFile } from "../snapshot.ts";
import type { BuildOutput } from "./build_output.ts";
import { readMediaType } from "./media_type.ts";
import { isHidden } from "./memory_snapshot.ts";
import { walkFiles } from "./walk_files.ts";

/** Where a build is written to. */
export interface DiskTarget {
  /** The folder, usually `_fresh`. */
  readonly outDir: string;
  /** The module that exports `app`. */
  readonly serverEntry: string;
}

const HEADER = "// Written by the Builder; changes will be lost.\n";

/**
 * Writes a build, in the place of an earlier one.
 *
 * @param output What was built.
 * @param target Where to.
 */
export async function writeDiskSnapshot(
  output: BuildOutput,
  target: DiskTarget,
): Promise<void> {
  const { outDir } = target;
  for (const folder of ["static", "sourcemaps"]) {
    await removeFolder(join(outDir, folder));
  }
  const scripts = await writeScripts(output, outDir);
  const files = [...await listStaticFiles(output, outDir), ...scripts];
  await Deno.writeTextFile(
    join(outDir, "snapshot.js"),
    writeSnapshotModule(output, outDir, files),
  );
  await Deno.writeTextFile(
    join(outDir, "server.js"),
    writeServerModule(output.root, target),
  );
}

async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

type FileEntry = readonly [pathname: string, file: SnapshotFile];

async function writeScripts(
  { files, buildId, root }: BuildOutput,
  outDir: string,
): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for (const { name, content } of files) {
    const isMap = name.endsWith(".map");
    const pathname = toScriptFolder(buildId) + name;
    const path = isMap
      ? join(outDir, "sourcemaps", name)
      : join(outDir, "static", pathname);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, content);
    if (!isMap) entries.push([pathname, describeFile(path, root, content)]);
  }
  return entries;
}

/** The first folder that has a file counts. */
async function listStaticFiles(
  { staticDirs, root }: BuildOutput,
  outDir: string,
): Promise<FileEntry[]> {
  const entries = new Map<string, SnapshotFile>();
  for (const dir of staticDirs) {
    for await (const path of walkFiles(dir)) {
      const names = relative(dir, path).split(sep);
      if (names.some(isHidden) || path.startsWith(outDir + sep)) continue;
      const pathname = `/${names.map(encodeURIComponent).join("/")}`;
      if (entries.has(pathname)) continue;
      const content = await Deno.readFile(path);
      entries.set(pathname, describeFile(path, root, content));
    }
  }
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1);
}

function describeFile(
  path: string,
  root: string,
  content: Uint8Array,
): SnapshotFile {
  return {
    filePath: relative(root, path).replaceAll(sep, "/"),
    hash: createHash("sha256").update(content).digest("hex"),
    contentType: readMediaType(path),
  };
}

function writeSnapshotModule(
  { buildId, islands, routes }: BuildOutput,
  outDir: string,
  files: readonly FileEntry[],
): string {
  const imports: string[] = [];
  const importModule = (path: string) => {
    const name = `mod${imports.length}`;
    imports.push(`import * as ${name} from ${quoteImport(outDir, path)};`);
    return name;
  };
  const islandLines = [...islands].map(([name, path]) => {
    const file = `${toScriptFolder(buildId)}${name}.js`;
    const fields = writeFields({ name, file });
    return `  { ${fields}, exports: ${importModule(path)} },`;
  });
  const routeLines = routes.map(({ path, isLazy, ...route }) => {
    const { id, kind, pattern, routePattern } = route;
    const mod = isLazy
      ? `() => import(${quoteImport(outDir, path)})`
      : importModule(path);
    const fields = writeFields({ id, kind, pattern, routePattern });
    return `  { ${fields}, mod: ${mod} },`;
  });
  const fileLines = files.map((entry) => `  ${JSON.stringify(entry)},`);
  return [
    HEADER + imports.join("\n"),
    `export const version = ${JSON.stringify(buildId)};`,
    `export const islands = [\n${islandLines.join("\n")}\n];`,
    `export const fsRoutes = [\n${routeLines.join("\n")}\n];`,
    `export const staticFiles = new Map([\n${fileLines.join("\n")}\n]);\n`,
  ].join("\n\n");
}

function writeServerModule(
  root: string,
  { outDir, serverEntry }: DiskTarget,
): string {
  const rootPath = JSON.stringify(`${relative(outDir, root) || "."}/`);
  return `${HEADER}import { ProdBuildCache, setBuildCache } from "fresh/internal";
import { fileURLToPath } from "node:url";
import * as snapshot from "./snapshot.js";
import { app } from ${quoteImport(outDir, serverEntry)};

const root = fileURLToPath(new URL(${rootPath}, import.meta.url));
setBuildCache(app, new ProdBuildCache(root, snapshot), "production");

export default { fetch: app.handler() };
`;
}

function writeFields(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
}

/** As seen from the folder that the build is written to. */
function quoteImport(outDir: string, path: string): string {
  const specifier = relative(outDir, path).replaceAll(sep, "/");
  return JSON.stringify(
    specifier.startsWith(".") ? specifier : `./${specifier}`,
  );
}
