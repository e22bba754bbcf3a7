/** How a start that failed ends the process. */
import { ConfigError } from "../../lib/config.ts";
import { printError } from "../terminal.ts";

/**
 * Prints what is wrong with the settings and exits with 1.
 *
 * @param error What ended the start.
 * @throws Anything that is not a {@linkcode ConfigError}: its stack is wanted.
 */
export function endByFault(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  printError(error.message);
  Deno.exit(1);
}
