/**
 * Makes the URL pattern of a route file from its path.
 *
 * `[id]` is a parameter, `[[id]]` an optional one and a whole segment, and
 * `[...rest]` takes all that follows. `(group)` folders are dropped on request.
 */

/**
 * Makes a pattern.
 *
 * @param path Path below the routes folder, without a slash in front and
 * without extension.
 * @param options Whether groups stay in the pattern.
 * @returns A pattern for `URLPattern`.
 * @throws {SyntaxError} when brackets do not fit, or parameters touch.
 */
export function toPattern(
  path: string,
  { areGroupsKept }: { areGroupsKept: boolean },
): string {
  const names = path.split("/");
  if (names.at(-1) === "index") names.pop();
  const segments = names
    .filter((name) => areGroupsKept || !/^\(.*\)$/.test(name))
    .map((name) => toSegment(name, path));
  const pattern = segments.join("");
  if (pattern === "") return "/";
  // Without anything fixed behind it, the slash in front has to stay.
  const isOptional = segments.every((segment) => /^\{\/|\*$/.test(segment));
  return isOptional ? pattern.replace(/^\{\//, "/{") : pattern;
}

function toSegment(name: string, path: string): string {
  const [, rest] = /^\[\.\.\.(.+)\]$/.exec(name) ?? [];
  if (rest !== undefined) return `/:${rest}*`;
  const [, optional] = /^\[\[([^[\]]+)\]\]$/.exec(name) ?? [];
  if (optional !== undefined) return `{/:${optional}}?`;
  if (name.includes("[[") || name.includes("]]")) {
    throw new SyntaxError(
      `Cannot make a route of "${path}": an optional parameter has to be a whole segment`,
    );
  }
  if (name.includes("][")) {
    throw new SyntaxError(
      `Cannot make a route of "${path}": two parameters touch`,
    );
  }
  const segment = name.replace(/\[([^[\]]+)\]/g, ":$1");
  if (/[[\]]/.test(segment)) {
    throw new SyntaxError(
      `Cannot make a route of "${path}": a bracket is left open`,
    );
  }
  return `/${segment}`;
}
