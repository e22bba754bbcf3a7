/** `deno task backfill` as users run it, in a process of its own, without a terminal. */

/** How a process ended, and what it said. */
export interface BackfillEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running import, or one that has ended. */
export interface BackfillProcess extends AsyncDisposable {
  /** Resolves when the process ends. */
  readonly ended: Promise<BackfillEnd>;
  /** Sends a signal; a process that has ended does not mind. */
  kill(signal: Deno.Signal): void;
}

/** A test fails by the exit code then, instead of waiting for ever. */
const LONGEST_MS = 120_000;

const ROOT = new URL("../../", import.meta.url);

/**
 * Starts the task.
 *
 * @param env Its settings, beside those of the test process.
 * @param args Its arguments.
 * @returns The process, to be held with `await using`.
 */
export function startBackfill(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): BackfillProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      ...["net", "read", "write", "env", "sys"].map((name) =>
        `--allow-${name}`
      ),
      "tasks/backfill.ts",
      ...args,
    ],
    cwd: ROOT,
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  const tooLate = setTimeout(() => kill("SIGKILL"), LONGEST_MS);
  const ended = child.output().then(({ code, stdout, stderr }) => {
    clearTimeout(tooLate);
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  });
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended by itself or by an earlier signal.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  return {
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      kill("SIGKILL");
      await ended;
    },
  };
}
