/**
 * Builds islands and the route snapshot when a source is newer than the last
 * build, and only then: a container that was built has nothing to write.
 */
import { Builder } from "fresh/dev";

const SOURCES = [
  "deno.json",
  "main.ts",
  "dev.ts",
  "islands",
  "routes",
  "static",
  "packages/fresh",
];
const OUTPUT = "_fresh/server.js";

/**
 * Builds when needed.
 *
 * @param root The project's folder.
 * @returns Whether it built.
 */
export async function buildIfStale(root: URL): Promise<boolean> {
  const builtAt = await modifiedAt(new URL(OUTPUT, root));
  const newest = Math.max(
    ...await Promise.all(
      SOURCES.map((source) => newestIn(new URL(source, root))),
    ),
  );
  if (builtAt >= newest) return false;
  await new Builder({ root: root.pathname }).build();
  return true;
}

/** The newest change in a file or folder, ms, 0 when there is none. */
async function newestIn(url: URL): Promise<number> {
  const own = await modifiedAt(url);
  if (own === 0 || !(await Deno.stat(url)).isDirectory) return own;
  const folder = new URL(`${url.href}/`);
  const times = await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map((entry) =>
      newestIn(new URL(encodeURIComponent(entry.name), folder))
    ),
  );
  return Math.max(own, ...times);
}

async function modifiedAt(url: URL): Promise<number> {
  try {
    return (await Deno.stat(url)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
