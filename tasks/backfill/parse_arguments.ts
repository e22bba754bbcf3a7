/** The arguments of `deno task backfill`: at most one, for there is one import. */

/** What the caller wants. */
export type Wish =
  | { readonly kind: "begin" | "resume" | "cancel" | "help" }
  /** None of these. */
  | { readonly kind: "unknown"; readonly argument: string };

/** What `--help` prints. */
export const HELP = `Imports every user from Clerk.

  deno task backfill            begin, and stay until it is done
  deno task backfill --resume   go on with a paused import, or follow a running one
  deno task backfill --cancel   end an import; what it has brought in stays
  deno task backfill --help     this

Ctrl+C pauses the import. With a running service the service imports and this
shows how far it is; otherwise it is done here. Settings are those of the service.

Ends with 0 when all is done, 1 when it failed or cannot begin, 2 for an argument
that it does not know, 3 when the import was paused or cancelled before its end.`;

const KINDS = {
  "--resume": "resume",
  "--cancel": "cancel",
  "--help": "help",
  "-h": "help",
} as const;

/**
 * Reads the arguments.
 *
 * @param args What follows the task's name.
 * @returns What is wanted.
 */
export function parseArguments(args: readonly string[]): Wish {
  const [first, second] = args;
  if (first === undefined) return { kind: "begin" };
  if (second !== undefined) return { kind: "unknown", argument: second };
  return Object.hasOwn(KINDS, first)
    ? { kind: KINDS[first as keyof typeof KINDS] }
    : { kind: "unknown", argument: first };
}
