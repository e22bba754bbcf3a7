/** Finds paths of one update or upsert that get into each other's way. */

/**
 * Two paths overlap when they are equal or one leads through the other.
 *
 * @param paths Dotted paths.
 * @returns The first two that overlap, the shorter one as `outer`.
 */
export function findOverlap(
  paths: readonly string[],
): { readonly outer: string; readonly inner: string } | undefined {
  const sorted = paths.map((path) => path + ".").sort();
  for (let i = 1; i < sorted.length; i++) {
    const [outer, inner] = [sorted[i - 1]!, sorted[i]!];
    if (!inner.startsWith(outer)) continue;
    return { outer: outer.slice(0, -1), inner: inner.slice(0, -1) };
  }
  return undefined;
}
