/**
 * Sends batches through Inngest's SDK, and says soon when nobody is there.
 *
 * The SDK tries five times within two seconds before it says so: too long for a
 * webhook that Svix brings again anyway. The second attempt that finds nobody is
 * enough; the first may have met a connection that had gone stale.
 */
import {
  createInngestClient,
  type InngestConnection,
} from "./create_client.ts";
import type { OutgoingEvent } from "./event_sender.ts";

const ENOUGH_ATTEMPTS = 2;

/** Sends one batch and resolves when it is durable. */
export type SendBatch = (events: readonly OutgoingEvent[]) => Promise<unknown>;

/**
 * Makes the way to send, one batch at a time.
 *
 * @param connection How to reach Inngest.
 * @returns Rejects once nobody was there twice, though the SDK may get the events
 * through after that: each has its id, and comes to nothing the second time.
 */
export function createSendBatch(connection: InngestConnection): SendBatch {
  const { fetch: ask = fetch } = connection;
  let onNobody = (_error: unknown) => {};
  const client = createInngestClient({
    ...connection,
    fetch: async (input, init) => {
      try {
        return await ask(input, init);
      } catch (error) {
        onNobody(error);
        throw error;
      }
    },
  });
  return function sendBatch(events) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let attempts = 0;
    onNobody = (error) => {
      if (++attempts === ENOUGH_ATTEMPTS) reject(error);
    };
    client.send(events.map((event) => ({ ...event }))).then(resolve, reject);
    return promise;
  };
}
