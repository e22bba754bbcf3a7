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

/** Remembers what it hears. */
class Recorder implements LiveListener {
  readonly ids: (string | null)[] = [];
  ends = 0;
  #awaited: { id: string; resolve: () => void } | undefined;

  next(message: LiveMessage): void {
    if (message.kind !== "event-settled") return;
    const { id } = message;
    this.ids.push(id);
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

/** A database's name that no other test has, for their feeds hear each other. */
function uniqueName(): string {
  return crypto.randomUUID();
}

Deno.test("publish() tells everybody who listens", () => {
  using feed = createLiveFeed(uniqueName());
  const heard = new Recorder();
  const other = new Recorder();
  feed.subscribe(heard);
  feed.subscribe(other);
  feed.publish(message("1"));
  assertEquals(heard.ids, ["1"]);
  assertEquals(other.ids, ["1"]);
});

Deno.test("position differs once anything has happened, and between feeds", () => {
  const database = uniqueName();
  using feed = createLiveFeed(database);
  using sibling = createLiveFeed(database);
  const { position } = feed;
  assertEquals(feed.position, position);
  assertNotEquals(sibling.position, position);
  feed.publish(message("any"));
  assertNotEquals(feed.position, position);
});

Deno.test("publish() tells nobody who came later or has left", () => {
  using feed = createLiveFeed(uniqueName());
  const heard = new Recorder();
  feed.publish(message("early"));
  {
    using _ = feed.subscribe(heard);
    feed.publish(message("now"));
  }
  feed.publish(message("late"));
  assertEquals(heard.ids, ["now"]);
});

Deno.test("publish() reaches a sibling once, and its own listeners once", async () => {
  const database = uniqueName();
  using feed = createLiveFeed(database);
  using sibling = createLiveFeed(database);
  const heard = new Recorder();
  const own = new Recorder();
  feed.subscribe(own);
  sibling.subscribe(heard);
  const last = heard.hear("2");
  feed.publish(message("1"));
  feed.publish(message("2"));
  await last;
  assertEquals(heard.ids, ["1", "2"]);
  assertEquals(own.ids, ["1", "2"]);
});

Deno.test("publish() does not reach the feed of another database", async () => {
  const database = uniqueName();
  using feed = createLiveFeed(database);
  using stranger = createLiveFeed(`${database}_preview`);
  using sibling = createLiveFeed(database);
  const strange = new Recorder();
  const heard = new Recorder();
  stranger.subscribe(strange);
  sibling.subscribe(heard);
  const own = heard.hear("2");
  const farewell = strange.hear("last");
  feed.publish(message("1"));
  feed.publish(message("2"));
  await own;
  using preview = createLiveFeed(`${database}_preview`);
  preview.publish(message("last"));
  await farewell;
  assertEquals(heard.ids, ["1", "2"]);
  assertEquals(strange.ids, ["last"]);
});

Deno.test("disposing a feed ends every listener once", () => {
  const feed = createLiveFeed(uniqueName());
  const heard = new Recorder();
  feed.subscribe(heard);
  feed[Symbol.dispose]();
  feed[Symbol.dispose]();
  feed.publish(message("1"));
  assertEquals(heard.ends, 1);
  assertEquals(heard.ids, []);
});

Deno.test("disposing a feed leaves alone who has left", () => {
  const feed = createLiveFeed(uniqueName());
  const heard = new Recorder();
  feed.subscribe(heard)[Symbol.dispose]();
  feed[Symbol.dispose]();
  assertEquals(heard.ends, 0);
});

Deno.test("subscribe() ends a listener at once when the feed is over", () => {
  const feed = createLiveFeed(uniqueName());
  feed[Symbol.dispose]();
  const heard = new Recorder();
  feed.subscribe(heard);
  assertEquals(heard.ends, 1);
});
