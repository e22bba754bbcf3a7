/**
 * What changes, as it changes: from the functions to the pages that are open.
 *
 * A message is a hint to look again, not a record: whoever was not listening has
 * missed it, and the store has the truth. Messages cross to other processes
 * where the platform connects BroadcastChannels, as Deno Deploy does.
 */

/** A sync function is done with an event: the collection shows it. */
export interface EventSettledMessage {
  readonly kind: "event-settled";
  readonly eventId: string;
  /** The collection that was written or left alone. */
  readonly collection: string;
  /** Clerk's id of the object. */
  readonly id: string | null;
  /** Clerk's event type. */
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
  /** When, ms. */
  readonly at: number;
}

/** The lasting record of events has grown or changed. */
export interface EventsRecordedMessage {
  readonly kind: "events-recorded";
  /** Events that arrived. */
  readonly received: readonly string[];
  /** Events whose outcome is known now. */
  readonly settled: readonly string[];
  /** When, ms. */
  readonly at: number;
}

/** A scan for drift has begun; without a key it is over at once. */
export interface ScanBegunMessage {
  readonly kind: "scan-begun";
  readonly reportId: string;
  /** When, ms. */
  readonly at: number;
}

/** Webhooks were refused at the door and are kept in the quarantine. */
export interface WebhooksRefusedMessage {
  readonly kind: "webhooks-refused";
  readonly count: number;
  /** When, ms. */
  readonly at: number;
}

/** A job has come a portion further, or stands differently. */
export interface JobProgressedMessage {
  readonly kind: "job-progressed";
  readonly jobId: string;
  /** Where it stands, such as `running` or `done`. */
  readonly state: string;
  /** When, ms. */
  readonly at: number;
}

/** Alerts were opened or closed. */
export interface AlertsChangedMessage {
  readonly kind: "alerts-changed";
  /** Kinds of alerts. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** When, ms. */
  readonly at: number;
}

/** A scan for drift has come to its end, or failed. */
export interface ScanEndedMessage {
  readonly kind: "scan-ended";
  readonly reportId: string;
  /** When, ms. */
  readonly at: number;
}

/** One thing that happened. */
export type LiveMessage =
  | EventSettledMessage
  | EventsRecordedMessage
  | ScanBegunMessage
  | WebhooksRefusedMessage
  | JobProgressedMessage
  | ScanEndedMessage
  | AlertsChangedMessage;

/** Somebody who listens; neither method may throw. */
export interface LiveListener {
  /** Takes one message. */
  next(message: LiveMessage): void;
  /** Hears that there will be no more. */
  end(): void;
}

/** Carries messages to whoever listens; disposing it ends every listener. */
export interface LiveFeed extends Disposable {
  /**
   * Differs once anything has happened: whoever has seen the state of one
   * position and finds another has missed something.
   */
  readonly position: string;
  /** Tells everybody who listens now. */
  publish(message: LiveMessage): void;
  /**
   * Listens from now on.
   *
   * @param listener Called with each message; ended at once by a closed feed.
   * @returns The way to stop listening.
   */
  subscribe(listener: LiveListener): Disposable;
}

/**
 * Opens a feed.
 *
 * @param database The database whose changes it tells; feeds of another one, such
 * as a preview's beside production's, hear nothing of it.
 * @returns A feed of this process, joined to its siblings'.
 */
export function createLiveFeed(database: string): LiveFeed {
  const listeners = new Set<LiveListener>();
  const channel = new BroadcastChannel(`rollcall:${database}`);
  const name = crypto.randomUUID().slice(0, 8);
  let count = 0;
  const tell = (message: LiveMessage) => {
    count++;
    for (const listener of listeners) listener.next(message);
  };
  channel.onmessage = (event: MessageEvent<LiveMessage>) => tell(event.data);
  let isOpen = true;
  return {
    get position() {
      return `${name}-${count}`;
    },
    publish(message) {
      if (!isOpen) return;
      tell(message);
      channel.postMessage(message);
    },
    subscribe(listener) {
      if (isOpen) listeners.add(listener);
      else listener.end();
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.dispose]() {
      if (!isOpen) return;
      isOpen = false;
      channel.close();
      for (const listener of listeners) listener.end();
      listeners.clear();
    },
  };
}
