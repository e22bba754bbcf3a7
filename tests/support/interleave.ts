/**
 * Runs several workers so that every step of each is one's turn at a time, in an
 * order that the test chooses: the same choices give the same interleaving.
 */

/** What a worker awaits before each step that others could see. */
export type Gate = () => Promise<void>;

/**
 * Runs workers to their end.
 *
 * @param workers Each gets its own gate.
 * @param nextChoice Any number; decides who goes next among those who wait.
 * @throws What a worker throws.
 */
export async function interleave(
  workers: readonly ((gate: Gate) => Promise<void>)[],
  nextChoice: () => number,
): Promise<void> {
  const waiting: (() => void)[] = [];
  let running = workers.length;
  let wake: () => void = () => {};
  let failure: { error: unknown } | undefined;
  const pause = () => {
    running--;
    wake();
  };
  const gate: Gate = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      pause();
    });
  for (const worker of workers) {
    worker(gate).catch((error) => failure ??= { error }).finally(pause);
  }
  while (running > 0 || waiting.length > 0) {
    while (running > 0) await new Promise<void>((resolve) => wake = resolve);
    if (failure !== undefined) throw failure.error;
    const [next] = waiting.splice(
      nextChoice() % Math.max(1, waiting.length),
      1,
    );
    if (next === undefined) break;
    running++;
    next();
  }
  if (failure !== undefined) throw failure.error;
}
