/** A task of this repository in a process of its own, with the rights it has. */

const ROOT = new URL("../../", import.meta.url);

/**
 * Starts a task without `deno task` in between, which would not hand signals on.
 *
 * @param task Its file and arguments, from the root of the repository.
 * @param options Settings beside those of this process, and where errors go.
 * @returns The process; whoever holds it ends it.
 */
export function spawnTask(
  task: readonly string[],
  { env, stderr }: {
    readonly env: Readonly<Record<string, string>>;
    readonly stderr: "inherit" | "piped";
  },
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      ...["net", "read", "write", "env", "sys", "run"].map((name) =>
        `--allow-${name}`
      ),
      ...task,
    ],
    cwd: ROOT,
    env: { PORT: "0", HOST: "127.0.0.1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr,
  }).spawn();
}
