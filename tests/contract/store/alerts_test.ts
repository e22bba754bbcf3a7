/** Alerts that open and close once, and their messages, on the real store. */
import { assertEquals, assertNotEquals } from "@std/assert";
import type { AlertKind, Verdict } from "../../../lib/alerts/alert.ts";
import type {
  NoticeKey,
  NoticeOutcome,
} from "../../../lib/store/alert_notices.ts";
import type { Store } from "../../../lib/store/store.ts";
import { openTestStore } from "../../support/test_store.ts";

const START = Date.UTC(2026, 0, 26, 9);
const at = (seconds: number) => new Date(START + seconds * 1000);

function firing(kind: AlertKind, detail = "It is so."): Verdict {
  return { kind, state: "firing", title: "It is so", detail, path: "/x" };
}

const clear = (kind: AlertKind): Verdict => ({ kind, state: "clear" });
const holding = (kind: AlertKind): Verdict => ({ kind, state: "holding" });

function look(store: Store, seconds: number, ...verdicts: Verdict[]) {
  return store.alerts.apply(verdicts, {
    now: at(seconds),
    channels: ["webhook"],
  });
}

Deno.test("Alerts opens one alert however often it is seen, with its newest detail", async () => {
  await using test = await openTestStore();
  const { store } = test;
  const first = await look(store, 0, firing("lag", "one"));
  const second = await look(store, 60, firing("lag", "two"));
  assertEquals(first, { opened: ["lag"], closed: [] });
  assertEquals(second, { opened: [], closed: [] });
  const [alert, ...others] = await store.alerts.readOpen();
  assertEquals(others, []);
  assertEquals(
    [alert?.detail, alert?.opened_at, alert?.seen_at, alert?.notices.length],
    ["two", at(0), at(60), 1],
  );
});

Deno.test("Alerts opens one alert when many look at once", async () => {
  await using test = await openTestStore();
  const { store } = test;
  const looks = await Promise.all(
    Array.from({ length: 10 }, () => look(store, 0, firing("silence"))),
  );
  assertEquals(looks.flatMap(({ opened }) => opened), ["silence"]);
  assertEquals(await store.alerts.documents.countDocuments(), 1);
});

Deno.test("Alerts closes an alert after two minutes without its cause", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("drift"));
  assertEquals((await look(store, 60, clear("drift"))).closed, []);
  assertEquals((await look(store, 179, clear("drift"))).closed, []);
  assertEquals((await look(store, 180, clear("drift"))).closed, ["drift"]);
  const [alert] = await store.alerts.readClosed(5);
  assertEquals([alert?.state, alert?.closed_at], ["closed", at(180)]);
  assertEquals(await store.alerts.readOpen(), []);
});

for (const between of [firing("drift"), holding("drift")]) {
  Deno.test(`Alerts keeps open what was ${between.state} in between`, async () => {
    await using test = await openTestStore();
    const { store } = test;
    await look(store, 0, firing("drift"));
    await look(store, 60, clear("drift"));
    await look(store, 90, between);
    assertEquals((await look(store, 180, clear("drift"))).closed, []);
    assertEquals((await look(store, 300, clear("drift"))).closed, ["drift"]);
  });
}

Deno.test("Alerts closes silence with the first event", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("silence"));
  assertEquals((await look(store, 1, clear("silence"))).closed, ["silence"]);
});

Deno.test("Alerts opens a new alert when the cause comes back", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("silence"));
  await look(store, 1, clear("silence"));
  await look(store, 2, firing("silence"));
  const [open] = await store.alerts.readOpen();
  const [closed] = await store.alerts.readClosed(5);
  assertNotEquals(open?._id, closed?._id);
  assertEquals(open?.opened_at, at(2));
});

const SENT: NoticeOutcome = { kind: "sent" };
const failed = (
  isFinal: boolean,
  retryAfterMs?: number,
): NoticeOutcome => ({ kind: "failed", error: "503", isFinal, retryAfterMs });

/** Tries a message; answers whether there was one to try. */
async function attempt(
  { alertNotices }: Store,
  key: NoticeKey,
  { seconds, outcome }: {
    readonly seconds: number;
    readonly outcome: NoticeOutcome;
  },
): Promise<boolean> {
  const claimed = await alertNotices.claim(key, at(seconds));
  if (claimed === null) return false;
  await alertNotices.settle(key, { claimed, outcome, now: at(seconds) });
  return true;
}

/** The one message that is due, and from when on in seconds. */
async function readDue(store: Store) {
  const [{ at: due, ...key }, ...others] = await store.alertNotices
    .listDue() as [NoticeKey & { at: Date }];
  assertEquals(others, []);
  return { key, seconds: (due.getTime() - START) / 1000 };
}

Deno.test("AlertNotices lets one of many send a message, once", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("lag"));
  const { key } = await readDue(store);
  const tries = await Promise.all(
    Array.from(
      { length: 10 },
      () => attempt(store, key, { seconds: 0, outcome: SENT }),
    ),
  );
  assertEquals(tries.filter((isSent) => isSent).length, 1);
  assertEquals(await store.alertNotices.listDue(), []);
  const later = { seconds: 9_999, outcome: SENT };
  assertEquals(await attempt(store, key, later), false);
});

Deno.test("AlertNotices waits longer after every failure, and as long as it is asked to", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("lag"));
  const { key } = await readDue(store);
  await attempt(store, key, { seconds: 0, outcome: failed(false) });
  assertEquals((await readDue(store)).seconds, 10);
  const early = { seconds: 9, outcome: SENT };
  assertEquals(await attempt(store, key, early), false);
  await attempt(store, key, { seconds: 10, outcome: failed(false) });
  assertEquals((await readDue(store)).seconds, 30);
  await attempt(store, key, { seconds: 30, outcome: failed(false, 300_000) });
  assertEquals((await readDue(store)).seconds, 330);
  const [alert] = await store.alerts.readOpen();
  assertEquals(
    [alert?.notices[0]?.attempts, alert?.notices[0]?.error],
    [3, "503"],
  );
});

Deno.test("AlertNotices gives up on a refusal, and on what is a day old", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("lag"), firing("drift"));
  const [one, other] = await store.alertNotices.listDue();
  await attempt(store, one!, { seconds: 0, outcome: failed(true) });
  const late = { seconds: 86_401, outcome: failed(false) };
  await attempt(store, other!, late);
  assertEquals(await store.alertNotices.listDue(), []);
  const open = await store.alerts.readOpen();
  assertEquals(
    open.flatMap(({ notices }) => notices.map(({ state }) => state)),
    ["refused", "refused"],
  );
});

Deno.test("AlertNotices hands out again what nobody settled for a minute", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("lag"));
  const { key } = await readDue(store);
  await store.alertNotices.claim(key, at(0));
  const again = (seconds: number) =>
    attempt(store, key, {
      seconds,
      outcome: SENT,
    });
  assertEquals([await again(59), await again(60)], [false, true]);
});

Deno.test("AlertNotices tells of the end after the beginning, and only then", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await look(store, 0, firing("silence"));
  await look(store, 1, clear("silence"));
  const opened = await readDue(store);
  assertEquals(opened.key.phase, "opened");
  await attempt(store, opened.key, { seconds: 1, outcome: SENT });
  const closed = await readDue(store);
  assertEquals(closed.key.phase, "closed");
  await attempt(store, closed.key, { seconds: 2, outcome: SENT });
  assertEquals(await store.alertNotices.listDue(), []);
});
