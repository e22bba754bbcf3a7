/**
 * Randomness that a seed repeats exactly: the same seed gives the same users,
 * the same faults, the same run.
 *
 * Not for secrets. `hashOf` answers for one index without walking the ones
 * before it, which is what lets a million users be computed on demand.
 */

/**
 * Mixes a seed and an index into 32 well-spread bits (the "lowbias32" mixer).
 *
 * @param seed Any integer; different seeds give unrelated series.
 * @param index Which element of the series.
 * @returns An unsigned 32-bit integer.
 */
export function hashOf(seed: number, index: number): number {
  let bits = (Math.imul(seed | 0, 0x9e3779b1) ^ index) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * Makes a drop-in for `Math.random` that a seed repeats.
 *
 * @param seed Any integer.
 * @returns A function giving the next number in [0, 1).
 */
export function createRandom(seed: number): () => number {
  let index = 0;
  return () => hashOf(seed, index++) / 2 ** 32;
}
