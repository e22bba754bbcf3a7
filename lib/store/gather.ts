/**
 * Many requests, few calls: what is asked for while a batch is under way goes
 * together in the next one; whoever asks an idle gatherer is served at once.
 */

/** What a gatherer needs to know. */
export interface GatherOptions<Request, Answer> {
  /**
   * Serves a batch.
   *
   * @param requests No two with the same key.
   * @returns One answer each, in order; an error fails that request alone.
   */
  readonly serve: (
    requests: readonly Request[],
  ) => Promise<readonly (Answer | Error)[]>;
  /** Requests with the same key are served one after another. */
  readonly keyOf: (request: Request) => string;
  /** Requests in one batch. */
  readonly maxBatch: number;
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a gatherer.
 *
 * @param options How a batch is served.
 * @returns A function that takes one request and resolves with its answer; it
 * rejects with the request's own error, or with that of the whole batch.
 */
export function createGatherer<Request, Answer>(
  { serve, keyOf, maxBatch }: GatherOptions<Request, Answer>,
): (request: Request) => Promise<Answer> {
  let waiting: Waiting<Request, Answer>[] = [];
  let isServing = false;

  async function serveAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        const answers = await serve(batch.map(({ request }) => request));
        batch.forEach(({ resolve, reject }, index) => {
          const answer = answers[index];
          if (answer instanceof Error) reject(answer);
          else resolve(answer as Answer);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isServing = false;
  }

  function takeBatch(): Waiting<Request, Answer>[] {
    const keys = new Set<string>();
    const batch: Waiting<Request, Answer>[] = [];
    const later: Waiting<Request, Answer>[] = [];
    for (const item of waiting) {
      const key = keyOf(item.request);
      if (batch.length === maxBatch || keys.has(key)) {
        later.push(item);
      } else {
        keys.add(key);
        batch.push(item);
      }
    }
    waiting = later;
    return batch;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (isServing) return;
      isServing = true;
      // What is asked for in the same turn of the event loop goes together.
      queueMicrotask(() => void serveAll());
    });
}
