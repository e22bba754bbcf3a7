/**
 * Writes variables as the text of a `.env` file, with the rules of
 * `@std/dotenv`: quoted only where the value needs it.
 */

/**
 * Writes one assignment a line.
 *
 * @param object The variables. Keys that start with `#` are left out with a
 * warning, for they would be comments.
 * @returns Text that {@linkcode parse} reads back.
 */
export function stringify(object: Record<string, string>): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(object)) {
    if (key.startsWith("#")) {
      // deno-lint-ignore no-console -- the original warns in the same place
      console.warn(
        `key starts with a '#' indicates a comment and is ignored: '${key}'`,
      );
      continue;
    }
    lines.push(`${key}=${quote(value ?? "")}`);
  }
  return lines.join("\n");
}

function quote(value: string): string {
  if (/[\n\r\t'\\]/.test(value)) {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r").replaceAll("\t", "\\t").replaceAll('"', '\\"');
    return `"${escaped}"`;
  }
  return /\W/.test(value) ? `'${value}'` : value;
}
