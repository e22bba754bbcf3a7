/**
 * Waiting that can be called off, as an argument: tests pass one that takes no
 * time.
 */

/** Resolves after so many ms, or rejects with the signal's reason before. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/**
 * Waits by a timer of the runtime.
 *
 * @param ms How long; 0 or less still yields to others.
 * @param signal Calls the wait off.
 * @returns When the time is over.
 * @throws The signal's reason, when it is aborted before.
 */
export const sleep: Sleep = (ms, signal) => {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const callOff = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener("abort", callOff);
    resolve();
  }, ms);
  signal?.addEventListener("abort", callOff, { once: true });
  return promise;
};
