/**
 * Orders route files for registration: the first pattern that fits decides, and
 * middlewares and layouts only concern what comes after them.
 *
 * In a folder: its middleware, other special files, its error page, its index,
 * fixed names, parameters, and last what takes all. Longer paths go before the
 * shorter ones that they begin with.
 */

/**
 * Compares two route files.
 *
 * @param a Path below the routes folder, without extension.
 * @param b The same.
 * @returns Negative if `a` has to be registered first.
 */
export function compareRouteIds(a: string, b: string): number {
  if (a === b) return 0;
  if (a.endsWith("/_app")) return -1;
  if (b.endsWith("/_app")) return 1;
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareNames(
      { name: left[i] ?? "", isLast: i === left.length - 1 },
      { name: right[i] ?? "", isLast: i === right.length - 1 },
    );
    if (order !== 0) return order;
  }
  return right.length - left.length;
}

interface PathName {
  readonly name: string;
  readonly isLast: boolean;
}

function compareNames(a: PathName, b: PathName): number {
  if (a.name === b.name) return 0;
  const isGroup = a.name.startsWith("(");
  if (isGroup !== b.name.startsWith("(")) {
    // A group goes after fixed names and before parameters.
    const other = isGroup ? b.name : a.name;
    return isGroup === other.startsWith("[") ? -1 : 1;
  }
  const score = scoreName(b) - scoreName(a);
  if (score !== 0) return score;
  if (a.name.startsWith(b.name)) return b.isLast ? -1 : 1;
  if (b.name.startsWith(a.name)) return a.isLast ? 1 : -1;
  return a.name < b.name ? -1 : 1;
}

function scoreName({ name, isLast }: PathName): number {
  if (name.startsWith("_m")) return 6;
  if (name.startsWith("_e")) return 4;
  if (name.startsWith("_")) return 5;
  if (name.startsWith("[...")) return 0;
  if (name.startsWith("[")) return 1;
  return name === "index" && isLast ? 3 : 2;
}
