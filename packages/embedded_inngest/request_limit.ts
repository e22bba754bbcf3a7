/**
 * How long a request to an app may take: Inngest's two hours, watched by one timer for all.
 *
 * Every request has the same limit, so the oldest one is the next to reach it. The timer is set
 * while requests are open and asks only then; a timer for each of them would cost more than most
 * requests do.
 */
import type { Clock } from "./clock.ts";

const MAX_REQUEST_MS = 2 * 3_600_000; // Inngest's limit of one request

interface OpenRequest {
  readonly untilMs: number;
  readonly giveUp: (error: Error) => void;
}

/** Gives up requests that take too long. */
export class RequestLimit {
  readonly #clock: Clock;
  readonly #open = new Set<OpenRequest>(); // in the order in which they began
  #timer: Disposable | undefined;

  /** @param clock measures the requests */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for a request, at most until its limit.
   *
   * @param request begins the request; nobody can stop one that ignores what `onLimit` does
   * @param onLimit told why the request is given up
   * @returns what the request brought
   * @throws {Error} what the request threw, or that it took too long
   */
  async watch<T>(
    request: () => Promise<T>,
    onLimit: (error: Error) => void = () => {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const giveUp = (error: Error) => {
      onLimit(error);
      reject(error);
    };
    const untilMs = this.#clock.now().getTime() + MAX_REQUEST_MS;
    const open: OpenRequest = { untilMs, giveUp };
    this.#open.add(open);
    this.#setTimer();
    try {
      request().then(resolve, reject);
      return await promise;
    } finally {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#clearTimer();
    }
  }

  #setTimer(): void {
    const [oldest] = this.#open;
    if (this.#timer || !oldest) return;
    this.#timer = this.#clock.setTimer(new Date(oldest.untilMs), () => {
      this.#timer = undefined;
      this.#giveUpLate();
      this.#setTimer();
    });
  }

  #clearTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #giveUpLate(): void {
    const nowMs = this.#clock.now().getTime();
    for (const open of this.#open) {
      if (open.untilMs > nowMs) return;
      this.#open.delete(open);
      open.giveUp(new Error("Cannot wait for the app: over two hours"));
    }
  }
}
