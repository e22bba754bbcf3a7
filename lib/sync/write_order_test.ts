/** Which of two states of a user wins, in whatever order they come. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { clerkPayload, dataOf } from "../../tests/support/clerk_payloads.ts";
import {
  ANN,
  incoming,
  planOver,
  storedAnn,
  T0,
} from "../../tests/support/plan_ann.ts";
import { type ClerkUser, clerkUser } from "../events.ts";
import type { UserDocument } from "./user_document.ts";
import { compareVersions, type Version, versionOf } from "./version.ts";
import { type Incoming, planUserWrite } from "./write_plan.ts";

const template = { eventAt: null, eventId: null };

const ORDER_CASES: readonly {
  readonly name: string;
  readonly version: Partial<Version>;
  readonly expected: "update" | "stale" | "duplicate";
}[] = [
  {
    name: "an older update",
    version: { updatedAtMs: T0 - 1 },
    expected: "stale",
  },
  {
    name: "an older update with a later timestamp and id",
    version: {
      updatedAtMs: T0 - 1,
      eventAt: new Date(T0 + 9),
      eventId: "msg_Z",
    },
    expected: "stale",
  },
  {
    name: "a newer update with an earlier timestamp and id",
    version: {
      updatedAtMs: T0 + 1,
      eventAt: new Date(T0 - 9),
      eventId: "msg_A",
    },
    expected: "update",
  },
  {
    name: "a tie with a later timestamp",
    version: { eventAt: new Date(T0 + 6), eventId: "msg_A" },
    expected: "update",
  },
  {
    name: "a tie with an earlier timestamp",
    version: { eventAt: new Date(T0 + 4), eventId: "msg_Z" },
    expected: "stale",
  },
  {
    name: "a tie with a greater id",
    version: { eventId: "msg_N" },
    expected: "update",
  },
  {
    name: "a tie with a smaller id",
    version: { eventId: "msg_L" },
    expected: "stale",
  },
  { name: "the same event", version: {}, expected: "duplicate" },
  {
    name: "the same state by the road without a timestamp",
    version: template,
    expected: "duplicate",
  },
  {
    name: "an older state by the road without a timestamp",
    version: { ...template, updatedAtMs: T0 - 1 },
    expected: "stale",
  },
  {
    name: "a newer state by the road without a timestamp",
    version: { ...template, updatedAtMs: T0 + 1 },
    expected: "update",
  },
];

for (const { name, version, expected } of ORDER_CASES) {
  Deno.test(`planUserWrite() answers ${name} with ${expected}`, () => {
    const plan = planOver(storedAnn(), { ...ANN, locked: true }, version);
    const answer = plan.kind === "skip" ? plan.reason : plan.kind;
    assertEquals(answer, expected);
  });
}

Deno.test("planUserWrite() takes a signed state over the same one without a timestamp", () => {
  const stored = storedAnn();
  const unsigned = {
    ...stored,
    sync: { ...stored.sync, event_at: null, event_id: null },
  };
  const plan = planOver(unsigned, ANN, {});
  assert(plan.kind === "update");
  assertEquals(plan.set, {});
});

Deno.test("planUserWrite() skips a deleted user, however new the state", () => {
  const plan = planUserWrite(ANN, incoming({ updatedAtMs: T0 * 2 }), {
    stored: undefined,
    isTombstoned: true,
  });
  assertEquals(plan, { kind: "skip", reason: "tombstoned" });
});

Deno.test("planUserWrite() removes what a crashed delete left behind", () => {
  const plan = planUserWrite(ANN, incoming({ updatedAtMs: T0 - 1 }), {
    stored: storedAnn(),
    isTombstoned: true,
  });
  assertEquals(plan, { kind: "remove", reason: "tombstoned" });
});

for (
  const [first, second] of [
    ["user.updated__tie-a", "user.updated__tie-b"],
    ["user.updated__tie-b", "user.updated__tie-a"],
  ] as const
) {
  Deno.test(`planUserWrite() ends in the same state after ${first}, ${second}`, () => {
    const end = carryOut([first, second].map(eventOf));
    const other = carryOut([second, first].map(eventOf));
    assertEquals(end?.sync, other?.sync);
    assertEquals(end?.first_name, other?.first_name);
  });
}

interface UserEvent {
  readonly user: ClerkUser;
  readonly incoming: Incoming;
}

function eventOf(file: string): UserEvent {
  const payload = clerkPayload(file);
  const user = clerkUser.parse(dataOf(payload));
  const { timestamp } = JSON.parse(payload.text);
  return {
    user,
    incoming: incoming({
      updatedAtMs: user.updated_at ?? 0,
      eventAt: new Date(timestamp),
      eventId: `msg_${file}`,
    }),
  };
}

/** Applies events one after the other, as the store does. */
function carryOut(events: readonly UserEvent[]): UserDocument | undefined {
  let stored: UserDocument | undefined;
  for (const { user, incoming } of events) {
    const plan = planUserWrite(user, incoming, { stored, isTombstoned: false });
    if (plan.kind === "insert") stored = plan.document;
    if (plan.kind === "update" && stored !== undefined) {
      stored = { ...stored, ...plan.set, sync: plan.stamp };
    }
  }
  return stored;
}

const anyEvent: fc.Arbitrary<UserEvent> = fc.record({
  updatedAtMs: fc.integer({ min: T0, max: T0 + 2 }),
  eventAt: fc.integer({ min: T0, max: T0 + 1 }).map((ms) => new Date(ms)),
  eventId: fc.constantFrom("msg_A", "msg_B", "msg_C"),
}).map((version) => ({
  incoming: incoming(version),
  // What an event says follows from which event it is.
  user: {
    ...ANN,
    first_name: JSON.stringify(version),
    banned: version.eventId === "msg_B",
    updated_at: version.updatedAtMs,
  },
}));

const shuffledEvents = fc.array(anyEvent, { minLength: 1, maxLength: 6 })
  .chain((events) =>
    fc.tuple(
      fc.constant(events),
      // Every event at least once, in any order, some of them again.
      fc.tuple(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.subarray(events),
      ).map(([all, again]) => [...all, ...again]),
    )
  );

Deno.test("planUserWrite() makes any order and repetition end in the newest state", () => {
  fc.assert(fc.property(shuffledEvents, ([events, delivered]) => {
    const newest = events.reduce((a, b) =>
      compareVersions(a.incoming.version, b.incoming.version) >= 0 ? a : b
    );
    const end = carryOut(delivered);
    assertEquals(end?.first_name, newest.user.first_name);
    assertEquals(end?.banned, newest.user.banned);
    assertEquals(versionOf(end?.sync), newest.incoming.version);
  }));
});
