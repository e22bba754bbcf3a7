import { assertEquals, assertNotEquals } from "@std/assert";
import {
  createLiveFeed,
  type EventSettledMessage,
  type LiveListener,
  type LiveMessage,
} from "./live_feed.ts";

function message(id: string): EventSettledMessage {
  return {
    kind: "event-settled",
    eventId: "msg_1",
    collection: "users",
    id,
    type: "user.created",
    outcome: "applied",
    reason: null,
    at: 0,
  };
}

/** Remembers what it hears; ids keep feeds of other tests apart. */
class Recorder implements LiveListener {
  readonly ids: (string | null)[] = [];
  ends = 0;
  #prefix: string;
  #awaited: { id: string; resolve: () => void } | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  next(message: LiveMessage): void {
    if (message.kind !== "event-settled") return;
    const { id } = message;
    if (id?.startsWith(this.#prefix)) this.ids.push(id);
    if (id === this.#awaited?.id) this.#awaited?.resolve();
  }

  end(): void {
    this.ends++;
  }

  /** Resolves with the next message of that id. */
  hear(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { id, resolve };
    return promise;
  }
}

function recorder(): { prefix: string; heard: Recorder } {
  const prefix = crypto.randomUUID();
  return { prefix, heard: new Recorder(prefix) };
}

Deno.test("publish() tells everybody who listens", () => {
  using feed = createLiveFeed();
  const { prefix, heard } = recorder();
  const other = new Recorder(prefix);
  feed.subscribe(heard);
  feed.subscribe(other);
  feed.publish(message(`${prefix}-1`));
  assertEquals(heard.ids, [`${prefix}-1`]);
  assertEquals(other.ids, [`${prefix}-1`]);
});

Deno.test("position differs once anything has happened, and between feeds", () => {
  using feed = createLiveFeed();
  using sibling = createLiveFeed();
  const { position } = feed;
  assertEquals(feed.position, position);
  assertNotEquals(sibling.position, position);
  feed.publish(message("any"));
  assertNotEquals(feed.position, position);
});

Deno.test("publish() tells nobody who came later or has left", () => {
  using feed = createLiveFeed();
  const { prefix, heard } = recorder();
  feed.publish(message(`${prefix}-early`));
  {
    using _ = feed.subscribe(heard);
    feed.publish(message(`${prefix}-now`));
  }
  feed.publish(message(`${prefix}-late`));
  assertEquals(heard.ids, [`${prefix}-now`]);
});

Deno.test("publish() reaches a sibling once, and its own listeners once", async () => {
  using feed = createLiveFeed();
  using sibling = createLiveFeed();
  const { prefix, heard } = recorder();
  const own = new Recorder(prefix);
  feed.subscribe(own);
  sibling.subscribe(heard);
  const last = heard.hear(`${prefix}-2`);
  feed.publish(message(`${prefix}-1`));
  feed.publish(message(`${prefix}-2`));
  await last;
  assertEquals(heard.ids, [`${prefix}-1`, `${prefix}-2`]);
  assertEquals(own.ids, [`${prefix}-1`, `${prefix}-2`]);
});

Deno.test("disposing a feed ends every listener once", () => {
  const feed = createLiveFeed();
  const { prefix, heard } = recorder();
  feed.subscribe(heard);
  feed[Symbol.dispose]();
  feed[Symbol.dispose]();
  feed.publish(message(`${prefix}-1`));
  assertEquals(heard.ends, 1);
  assertEquals(heard.ids, []);
});

Deno.test("disposing a feed leaves alone who has left", () => {
  const feed = createLiveFeed();
  const { heard } = recorder();
  feed.subscribe(heard)[Symbol.dispose]();
  feed[Symbol.dispose]();
  assertEquals(heard.ends, 0);
});

Deno.test("subscribe() ends a listener at once when the feed is over", () => {
  const feed = createLiveFeed();
  feed[Symbol.dispose]();
  const { heard } = recorder();
  feed.subscribe(heard);
  assertEquals(heard.ends, 1);
});
