/** Copies the small app, for tests that change it or run it by itself. */

const REPOSITORY = new URL("../../../", import.meta.url);

/**
 * Copies it into a folder with a deno.json of its own.
 *
 * @param options Compiler options in the place of the repository's.
 * @returns The folder; the caller removes it.
 */
export async function copyApp(
  options: Record<string, unknown> = {},
): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const source = `${import.meta.dirname}/app`;
  for (const dir of ["routes", "islands", "components", "static"]) {
    await Deno.mkdir(`${folder}/${dir}`);
    for await (const { name } of Deno.readDir(`${source}/${dir}`)) {
      await Deno.copyFile(
        `${source}/${dir}/${name}`,
        `${folder}/${dir}/${name}`,
      );
    }
  }
  for (const name of ["main.ts", "dev.ts", "cart.ts", "greeting_element.ts"]) {
    await Deno.copyFile(`${source}/${name}`, `${folder}/${name}`);
  }
  await writeConfig(folder, options);
  return folder;
}

/** The repository's import map, for a folder elsewhere. */
async function writeConfig(
  folder: string,
  options: Record<string, unknown>,
): Promise<void> {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", REPOSITORY)),
  );
  const imports = Object.entries<string>(config.imports).map(([name, path]) => [
    name,
    path.startsWith("./") ? new URL(path, REPOSITORY).href : path,
  ]);
  const { compilerOptions, nodeModulesDir } = config;
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({
      compilerOptions: { ...compilerOptions, ...options },
      nodeModulesDir,
      lock: false,
      imports: Object.fromEntries(imports),
    }),
  );
}
