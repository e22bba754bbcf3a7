/** What the command-line tasks say to the person who runs them. */

const encoder = new TextEncoder();

/**
 * Writes lines to standard output.
 *
 * @param text One line or several, without the last line break.
 */
export function print(text: string): void {
  write(`${text}\n`);
}

/**
 * Writes to standard output as it stands.
 *
 * @param text Text with its own line breaks, if any.
 */
export function write(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

/**
 * Writes lines to standard error.
 *
 * @param text One line or several, without the last line break.
 */
export function printError(text: string): void {
  Deno.stderr.writeSync(encoder.encode(`${text}\n`));
}
