/**
 * Reads the text of a `.env` file, with the rules of `@std/dotenv`.
 *
 * Single quotes keep everything, double quotes know `\n` and its kind, and only
 * unquoted values expand `$NAME`, `${NAME}` and `${NAME:-default}`, from the
 * same file first and from the environment second.
 */

/** One assignment; groups: key, then one of three kinds of value. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?([^\s=#]+)\s*=[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\r\n#]*))[^\r\n]*$/gm;

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A default reaches as far as the line lets it, as in the original. */
const REFERENCE = /\$\{(.+?)(?::-(.+))?\}|(?<!\\)\$(\w+)(?::-(.+))?/g;

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "'": "'",
  "\\": "\\",
};

/** References may lead to references; a ring of them ends at either. */
const MAX_EXPANSIONS = 100;
const MAX_LENGTH = 131_072; // the longest variable that Linux takes

/**
 * Parses assignments, one a line; comments and other lines are passed over.
 *
 * @param text Content of a `.env` file.
 * @returns The variables, in their order. Keys that are no identifiers are
 * left out with a warning.
 */
export function parse(text: string): Record<string, string> {
  const env: Record<string, string> = Object.create(null);
  const unquotedKeys: string[] = [];
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [, key = "", single, double, unquoted = ""] = match;
    if (!IDENTIFIER.test(key)) {
      // deno-lint-ignore no-console -- the original warns in the same place
      console.warn(
        `Ignored the key "${key}" as it is not a valid identifier: The key need to match the pattern ${IDENTIFIER}.`,
      );
      continue;
    }
    env[key] = readValue(single, double, unquoted);
    if (single === undefined && double === undefined) unquotedKeys.push(key);
  }
  const variables = { ...env };
  for (const key of unquotedKeys) env[key] = expand(env[key] ?? "", variables);
  return env;
}

function readValue(
  single: string | undefined,
  double: string | undefined,
  unquoted: string,
): string {
  if (single !== undefined) return trimNewlines(single);
  if (double === undefined) return unquoted.trim();
  return trimNewlines(double).replace(
    /\\([\s\S])/g,
    (whole, character: string) => ESCAPES[character] ?? whole,
  );
}

/** The line breaks right inside the quotes belong to the layout. */
function trimNewlines(value: string): string {
  return value.replace(/^\r?\n|\r?\n$/g, "");
}

function expand(
  value: string,
  variables: Readonly<Record<string, string>>,
): string {
  let current = value;
  for (let i = 0; i < MAX_EXPANSIONS && current.length < MAX_LENGTH; i++) {
    const next = current.replace(
      REFERENCE,
      (_, braced, bracedDefault, bare, bareDefault) => {
        const name: string = braced ?? bare;
        const fallback: string | undefined = bracedDefault ?? bareDefault;
        return variables[name] ?? Deno.env.get(name) ?? String(fallback);
      },
    );
    if (next === current) break;
    current = next;
  }
  return current;
}
