/**
 * What is done when the disk refuses a write, for example because it is full: wait, and again.
 *
 * Whoever waits holds its place in the limits on what is in flight, so an engine that cannot write
 * soon begins nothing more; and what an app has executed is not executed again for want of room.
 */
import { type Kernel, nowOf } from "./kernel.ts";

const PAUSE_MS = 1_000;

/**
 * Repeats a write until the disk takes it.
 *
 * @param kernel the engine's parts
 * @param write begins the write; it must be harmless when an earlier try came through after all
 * @returns what the write returned
 * @throws {Error} what the last try threw, once the engine closes
 */
export async function untilWritten<T>(
  kernel: Kernel,
  write: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (kernel.closing.aborted) throw error;
      await pause(kernel);
    }
  }
}

/**
 * Waits a second, or until the engine closes.
 *
 * @param kernel the engine's parts
 */
export function pause(kernel: Kernel): Promise<void> {
  const { clock, closing } = kernel;
  return new Promise<void>((resolve) => {
    if (closing.aborted) return resolve();
    const timer = clock.setTimer(new Date(nowOf(kernel) + PAUSE_MS), end);
    closing.addEventListener("abort", end);
    function end(): void {
      timer[Symbol.dispose]();
      closing.removeEventListener("abort", end);
      resolve();
    }
  });
}
