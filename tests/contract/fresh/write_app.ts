/** Makes apps of route files that a test writes out. */
import { dirname } from "node:path";
import { App } from "fresh";
import { Builder } from "fresh/dev";

/** An app, and the folder that goes with it. */
export interface WrittenApp extends AsyncDisposable {
  readonly app: App<unknown>;
}

const root = `${import.meta.dirname}/file_routes`;

/**
 * Writes route files into a folder of their own, and makes an app of them.
 *
 * @param files Source by path below the routes folder.
 * @returns The app, to be disposed of: files are loaded when they are asked for.
 */
export async function writeApp(
  files: Record<string, string>,
): Promise<WrittenApp> {
  const folder = await Deno.makeTempDir();
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    for (const [name, source] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, source);
    }
    const builder = new Builder({ root, routeDir: folder });
    const apply = await builder.build({ snapshot: "memory" });
    const app = new App<unknown>().fsRoutes();
    apply(app);
    return { app, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
