/**
 * Waits for what the service does by listening to its live feed, as an open page
 * does: no test has to ask again and again, or to sleep.
 */
import type { LiveMessage } from "../../lib/live_feed.ts";
import { TextLineStream } from "./text_lines.ts";
import { withDeadline } from "./with_deadline.ts";

/** A listener that remembers what it has heard. */
export interface FeedReader extends AsyncDisposable {
  /**
   * Resolves once each of these events has been handled by a sync function;
   * rejects after the given time, ms.
   */
  settled(eventIds: readonly string[], patienceMs?: number): Promise<void>;
  /** Resolves once the record of each of these events is in the store. */
  recorded(eventIds: readonly string[]): Promise<void>;
  /** Resolves once the outcome of each of these events is in the store. */
  outcomes(eventIds: readonly string[]): Promise<void>;
  /**
   * Resolves once a message of this kind has come, from the beginning on; rejects
   * after the given time, ms.
   */
  heard(kind: LiveMessage["kind"], patienceMs?: number): Promise<void>;
  /**
   * Resolves once so many batches of events were recorded from now on; rejects
   * after the given time, ms.
   */
  batches(count: number, patienceMs?: number): Promise<void>;
  /** Resolves once each of these jobs is done. */
  jobsDone(jobIds: readonly string[]): Promise<void>;
}

/** No wait of a test is longer, ms. */
const PATIENCE_MS = 30_000;

/**
 * Opens the feed; what happens after this resolves is heard.
 *
 * @param origin The service.
 * @param cookie Of an operator who is signed in.
 * @returns The listener.
 * @throws {Error} when the feed cannot be opened.
 */
export async function openFeed(
  origin: string,
  cookie: string,
): Promise<FeedReader> {
  const abort = new AbortController();
  const response = await fetch(`${origin}/api/events_stream`, {
    headers: { cookie },
    signal: abort.signal,
  });
  if (!response.ok || response.body === null) {
    throw new Error(`Cannot open the live feed: ${response.status}`);
  }
  const heard = {
    settled: new Set<string>(),
    recorded: new Set<string>(),
    outcomes: new Set<string>(),
    jobsDone: new Set<string>(),
  };
  const kinds = new Set<string>();
  let batches = 0;
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const message of readMessages(response.body!)) {
      kinds.add(message.kind);
      if (message.kind === "event-settled") heard.settled.add(message.eventId);
      if (message.kind === "events-recorded") {
        batches++;
        for (const id of message.received) heard.recorded.add(id);
        for (const id of message.settled) heard.outcomes.add(id);
      }
      if (message.kind === "job-progressed" && message.state === "done") {
        heard.jobsDone.add(message.jobId);
      }
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
  })().catch((error) => {
    if (!abort.signal.aborted) wake.reject(error);
  });

  const waitUntil = async (
    isOver: () => boolean,
    missing: () => unknown,
    patienceMs = PATIENCE_MS,
  ) => {
    const over = async () => {
      while (!isOver()) await wake.promise;
    };
    await withDeadline(over(), missing, patienceMs);
  };
  const waitFor = async (
    set: Set<string>,
    ids: readonly string[],
    patienceMs?: number,
  ) => {
    let open = ids;
    const missing = () => open = open.filter((id) => !set.has(id));
    await waitUntil(
      () => missing().length === 0,
      () => missing().slice(0, 5),
      patienceMs,
    );
  };
  return {
    settled: (ids, patienceMs) => waitFor(heard.settled, ids, patienceMs),
    recorded: (ids) => waitFor(heard.recorded, ids),
    outcomes: (ids) => waitFor(heard.outcomes, ids),
    heard: (kind, patienceMs) => waitFor(kinds, [kind], patienceMs),
    batches(count, patienceMs) {
      const wanted = batches + count;
      return waitUntil(
        () => batches >= wanted,
        () => `${wanted - batches} batches`,
        patienceMs,
      );
    },
    jobsDone: (ids) => waitFor(heard.jobsDone, ids),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await reading;
    },
  };
}

async function* readMessages(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<LiveMessage> {
  const lines = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}
