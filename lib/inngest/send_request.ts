/**
 * Hands Inngest an event by which somebody asks for something, one at a time:
 * whoever pressed the button is told when it was not taken.
 */
import type { Inngest } from "inngest";
import { EventNotTakenError } from "./event_sender.ts";

/** What is asked for. */
export interface RequestEvent {
  /** A name of lib/requests.ts. */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Lets the same request count once. */
  readonly id?: string;
}

/**
 * Sends the event and waits until it is taken.
 *
 * @param inngest The client.
 * @param event What is asked for.
 * @throws {EventNotTakenError} when Inngest does not take it.
 */
export async function sendRequest(
  inngest: Pick<Inngest, "send">,
  event: RequestEvent,
): Promise<void> {
  try {
    await inngest.send({ ...event, data: { ...event.data } });
  } catch (cause) {
    throw new EventNotTakenError("it does not take the request", cause);
  }
}
