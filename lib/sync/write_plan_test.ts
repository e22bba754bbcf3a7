import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { clerkPayload, dataOf } from "../../tests/support/clerk_payloads.ts";
import { type ClerkUser, clerkUser } from "../events.ts";
import { EMPTY_USER, type UserDocument } from "./user_document.ts";
import { compareVersions, type Version, versionOf } from "./version.ts";
import { type Incoming, planUserWrite, type WritePlan } from "./write_plan.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const T0 = 1_772_442_000_000;

const ANN: ClerkUser = {
  id: "user_1",
  username: null,
  first_name: "Ann",
  last_name: "Lee",
  image_url: "https://img.example.com/1",
  external_id: null,
  primary_email_address_id: "idn_1",
  email_addresses: [{ id: "idn_1", email_address: "ann@example.com" }],
  primary_phone_number_id: null,
  phone_numbers: [],
  public_metadata: { plan: "pro" },
  banned: false,
  locked: false,
  created_at: T0,
  updated_at: T0,
};

function incoming(changes: Partial<Version> = {}): Incoming {
  const version = {
    updatedAtMs: T0,
    eventAt: new Date(T0 + 5),
    eventId: "msg_M",
    ...changes,
  };
  return { version, source: "webhook", now: NOW };
}

function unknown() {
  return { stored: undefined, isTombstoned: false };
}

/** The document that the first event about Ann leaves. */
function storedAnn(changes: Partial<UserDocument> = {}): UserDocument {
  const plan = planUserWrite(ANN, incoming(), unknown());
  assert(plan.kind === "insert");
  return { ...plan.document, ...changes };
}

function planOver(
  stored: UserDocument,
  user: ClerkUser,
  version: Partial<Version>,
): WritePlan<UserDocument> {
  return planUserWrite(user, incoming(version), {
    stored,
    isTombstoned: false,
  });
}

const LATER = { updatedAtMs: T0 + 1000, eventId: "msg_N" };

Deno.test("planUserWrite() inserts an unknown user with every owned field", () => {
  const plan = planUserWrite(ANN, incoming(), unknown());
  assertEquals(plan, {
    kind: "insert",
    document: {
      _id: "user_1",
      email: "ann@example.com",
      email_verified: false,
      full_name: "Ann Lee",
      first_name: "Ann",
      last_name: "Lee",
      username: "ann",
      profile_picture: "https://img.example.com/1",
      phone: null,
      external_id: null,
      public_metadata: { plan: "pro" },
      banned: false,
      locked: false,
      clerk_created_at: new Date(T0),
      clerk_updated_at: new Date(T0),
      sync: {
        version: T0,
        event_at: new Date(T0 + 5),
        event_id: "msg_M",
        source: "webhook",
        synced_at: NOW,
        clerk_username: null,
      },
    },
  });
});

Deno.test("planUserWrite() fills what a bare payload does not say", () => {
  const bare = clerkUser.parse({ id: "user_1" });
  const plan = planUserWrite(bare, incoming(), unknown());
  assert(plan.kind === "insert");
  const { _id, sync: _, ...fields } = plan.document;
  assertEquals(fields, { ...EMPTY_USER, username: "user_1" });
});

Deno.test("planUserWrite() takes over the version when nothing else changes", () => {
  const plan = planOver(storedAnn(), ANN, LATER);
  assert(plan.kind === "update");
  assertEquals(plan.set, {});
  assertEquals(plan.before, {});
  assertEquals(plan.stamp.version, T0 + 1000);
});

Deno.test("planUserWrite() writes only the fields whose value changes", () => {
  const moved = {
    ...ANN,
    last_name: "Ray",
    banned: true,
    updated_at: T0 + 1000,
  };
  const plan = planOver(storedAnn(), moved, LATER);
  assert(plan.kind === "update");
  assertEquals(plan.set, {
    last_name: "Ray",
    full_name: "Ann Ray",
    banned: true,
    clerk_updated_at: new Date(T0 + 1000),
  });
  assertEquals(plan.before, {
    last_name: "Lee",
    full_name: "Ann Lee",
    banned: false,
    clerk_updated_at: new Date(T0),
  });
});

Deno.test("planUserWrite() makes the write conditional on the stamp it saw", () => {
  const stored = storedAnn();
  const plan = planOver(stored, ANN, LATER);
  assert(plan.kind === "update");
  assertStrictEquals(plan.expected, stored.sync);
});

Deno.test("planUserWrite() leaves fields of the application alone", () => {
  const stored = { ...storedAnn(), theme: "dark", email: "old@example.com" };
  const plan = planOver(stored, ANN, LATER);
  assert(plan.kind === "update");
  assertEquals(plan.set, { email: "ann@example.com" });
});

Deno.test("planUserWrite() compares metadata by value", () => {
  const stored = storedAnn({ public_metadata: { a: 1, b: { c: [2] } } });
  const reordered = { ...ANN, public_metadata: { b: { c: [2] }, a: 1 } };
  const same = planOver(stored, reordered, LATER);
  assert(same.kind === "update");
  assertEquals(same.set, {});
  const deeper = { ...ANN, public_metadata: { a: 1, b: { c: [3] } } };
  const other = planOver(stored, deeper, LATER);
  assert(other.kind === "update");
  assertEquals(other.set, { public_metadata: { a: 1, b: { c: [3] } } });
});

Deno.test("planUserWrite() clears a field for null and keeps it when absent", () => {
  const cleared = planOver(storedAnn(), { ...ANN, image_url: null }, LATER);
  assert(cleared.kind === "update");
  assertEquals(cleared.set, { profile_picture: null });
  const { image_url: _, ...silent } = ANN;
  const kept = planOver(
    storedAnn(),
    clerkUser.parse(silent),
    LATER,
  );
  assert(kept.kind === "update");
  assertEquals(kept.set, {});
});

Deno.test("planUserWrite() adopts a document that has no stamp", () => {
  const { sync: _, ...unstamped } = storedAnn();
  const stored = { ...unstamped, email: null } as UserDocument;
  const plan = planOver(stored, ANN, {});
  assert(plan.kind === "update");
  assertEquals(plan.set, { email: "ann@example.com" });
  assertStrictEquals(plan.expected, undefined);
});

Deno.test("planUserWrite() names an adopted document that has no user name", () => {
  const stored = { _id: "user_1", theme: "dark" } as unknown as UserDocument;
  const plan = planOver(stored, ANN, {});
  assert(plan.kind === "update");
  assertEquals(plan.set.username, "ann");
  assertEquals(plan.set.email, "ann@example.com");
});

Deno.test("planUserWrite() keeps the suffix of a clash on later updates", () => {
  const wren = { ...ANN, username: "wren" };
  const first = planUserWrite(wren, incoming(), unknown());
  assert(first.kind === "insert");
  const stored = { ...first.document, username: "wren_k3x9qz" };
  const plan = planOver(stored, wren, LATER);
  assert(plan.kind === "update");
  assertEquals(plan.set, {});
  assertEquals(plan.stamp.clerk_username, "wren");
});

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
