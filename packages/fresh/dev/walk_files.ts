/**
 * Lists the files below a folder, in no particular order; links are not
 * followed.
 */

/**
 * Walks a folder.
 *
 * @param dir The folder.
 * @returns Paths of files; none when there is no such folder.
 */
export async function* walkFiles(dir: string): AsyncGenerator<string> {
  for (const { name, isDirectory, isFile } of await listFolder(dir)) {
    const path = `${dir}/${name}`;
    if (isDirectory) yield* walkFiles(path);
    else if (isFile) yield path;
  }
}

async function listFolder(dir: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
