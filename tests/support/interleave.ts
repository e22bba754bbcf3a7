/**
 * Runs several workers so that every step is one's turn at a time, in an order
 * that the test chooses: the same choices give the same interleaving.
 *
 * A worker may have several things under way. Nothing but steps may take time:
 * between two of them everything that happens is done within one turn of the
 * event loop.
 */

/** Has its turn until it is disposed. */
export type Turn = Disposable;

/** What a worker awaits before each step that others could see. */
export type Gate = () => Promise<Turn>;

/**
 * Runs workers to their end.
 *
 * @param workers Each gets the gate.
 * @param nextChoice Any number; decides who goes next among those who wait.
 * @throws What a worker throws.
 */
export async function interleave(
  workers: readonly ((gate: Gate) => Promise<void>)[],
  nextChoice: () => number,
): Promise<void> {
  const waiting: ((turn: Turn) => void)[] = [];
  let running = workers.length;
  const gate: Gate = () => new Promise((resolve) => waiting.push(resolve));
  const all = Promise.all(
    workers.map((worker) => worker(gate).finally(() => running--)),
  );
  const failure = all.then(() => undefined, (error) => ({ error }));
  await settle();
  while (waiting.length > 0) {
    const [next] = waiting.splice(nextChoice() % waiting.length, 1);
    const ended = Promise.withResolvers<void>();
    next?.({ [Symbol.dispose]: ended.resolve });
    await ended.promise;
    await settle();
  }
  if (running > 0) {
    throw new Error("Cannot go on: a worker waits for something but its turn");
  }
  const failed = await failure;
  if (failed !== undefined) throw failed.error;
}

/** Lets everybody come to the next step. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
