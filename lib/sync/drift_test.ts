import { assertEquals } from "@std/assert";
import type { ClerkUser } from "../events.ts";
import {
  type DriftCause,
  findMembershipDrift,
  findOrganizationDrift,
  findUserDrift,
  incomingOfRead,
} from "./drift.ts";
import {
  planMembershipWrite,
  planOrganizationWrite,
} from "./organization_document.ts";
import type { UserDocument } from "./user_document.ts";
import { planUserWrite } from "./write_plan.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const USER: ClerkUser = {
  id: "user_1",
  first_name: "Ada",
  last_name: "Byron",
  banned: false,
  locked: false,
  image_url: "https://img.example.com/a",
  public_metadata: { plan: "free" },
  updated_at: 1_000,
};

/** The document that a webhook of the user leaves behind. */
function storedAs(user: ClerkUser): UserDocument {
  const plan = planUserWrite(user, {
    version: {
      updatedAtMs: user.updated_at ?? 0,
      eventAt: new Date(1_000),
      eventId: "msg_1",
    },
    source: "webhook",
    now: NOW,
  }, { stored: undefined, isTombstoned: false });
  if (plan.kind !== "insert") throw new Error(plan.kind);
  return plan.document;
}

const CASES: [
  string,
  ClerkUser | null,
  UserDocument | undefined,
  string | null,
  string[],
][] = [
  ["equal sides", USER, storedAs(USER), null, []],
  ["neither side", null, undefined, null, []],
  ["a user that MongoDB lacks", USER, undefined, "missing", []],
  ["a document that Clerk lacks", null, storedAs(USER), "ghost", []],
  [
    "an older document",
    { ...USER, first_name: "Augusta", updated_at: 2_000 },
    storedAs(USER),
    "stale",
    ["first_name", "full_name"],
  ],
  [
    "an edited document",
    USER,
    { ...storedAs(USER), banned: true },
    "edited",
    ["banned"],
  ],
  [
    "edited metadata",
    USER,
    { ...storedAs(USER), public_metadata: { plan: "team" } },
    "edited",
    ["public_metadata"],
  ],
  [
    "a document that is ahead",
    USER,
    storedAs({ ...USER, first_name: "Augusta", updated_at: 2_000 }),
    null,
    [],
  ],
  [
    "a document that is ahead by a state that left fields out",
    USER,
    storedAs({ id: USER.id, first_name: "Augusta", updated_at: 2_000 }),
    null,
    [],
  ],
  [
    "a sign-in that moved nothing but updated_at",
    { ...USER, updated_at: 2_000 },
    storedAs(USER),
    null,
    [],
  ],
  [
    "a lock-out that ran out",
    USER,
    { ...storedAs(USER), locked: true },
    null,
    [],
  ],
  [
    "another avatar",
    { ...USER, image_url: "https://img.example.com/b" },
    storedAs(USER),
    null,
    [],
  ],
];

for (const [name, user, stored, kind, fields] of CASES) {
  Deno.test(`findUserDrift() calls ${name} ${kind ?? "no drift"}`, () => {
    const drift = findUserDrift(user, { stored, isTombstoned: false }, NOW);
    assertEquals(drift?.kind ?? null, kind);
    assertEquals(
      (drift?.fields ?? []).map(({ field }) => field).toSorted(),
      fields,
    );
  });
}

Deno.test("findUserDrift() shows both values of a field", () => {
  const stored = { ...storedAs(USER), first_name: "Eve" };
  const drift = findUserDrift(USER, { stored, isTombstoned: false }, NOW);
  assertEquals(drift?.fields, [
    { field: "first_name", clerk: "Ada", mongodb: "Eve" },
  ]);
});

Deno.test("findUserDrift() compares a picture that the user uploaded", () => {
  const stored = storedAs(USER);
  const user = { ...USER, has_image: true, image_url: "https://i.example/c" };
  const drift = findUserDrift(user, { stored, isTombstoned: false }, NOW);
  assertEquals(drift?.fields.map(({ field }) => field), ["profile_picture"]);
});

Deno.test("findUserDrift() calls a user of Clerk's tombstoned whom we deleted for good", () => {
  for (const stored of [undefined, storedAs(USER)]) {
    const drift = findUserDrift(USER, { stored, isTombstoned: true }, NOW);
    assertEquals([drift?.kind, drift?.cause], ["tombstoned", "tombstoned"]);
  }
});

Deno.test("findUserDrift() leaves the application's own document alone", () => {
  const { sync: _, ...stored } = storedAs(USER);
  const known = { stored: stored as UserDocument, isTombstoned: false };
  assertEquals(findUserDrift(null, known, NOW), null);
});

const CAUSE_CASES: readonly {
  readonly name: string;
  readonly changes?: Partial<UserDocument>;
  readonly absent?: readonly string[];
  readonly cause: DriftCause;
}[] = [
  {
    name: "another value",
    changes: { first_name: "Eve" },
    cause: "edited-elsewhere",
  },
  {
    name: "a field that is not there",
    absent: ["first_name"],
    cause: "new-field",
  },
  {
    name: "another value beside a field that is not there",
    changes: { last_name: "X" },
    absent: ["first_name"],
    cause: "edited-elsewhere",
  },
  {
    name: "a document without a stamp",
    changes: { first_name: "Eve" },
    absent: ["sync"],
    cause: "never-synced",
  },
];

for (const { name, changes = {}, absent = [], cause } of CAUSE_CASES) {
  Deno.test(`findUserDrift() gives ${name} the cause ${cause}`, () => {
    const stored = { ...storedAs(USER), ...changes };
    for (const field of absent) Reflect.deleteProperty(stored, field);
    const drift = findUserDrift(USER, { stored, isTombstoned: false }, NOW);
    assertEquals(drift?.cause, cause);
  });
}

Deno.test("findOrganizationDrift() compares as for users", () => {
  const organization = { id: "org_1", name: "Fox", updated_at: 1_000 };
  const incoming = incomingOfRead(1_000, new Date(1_000), "msg_1");
  const nothing = { stored: undefined, isTombstoned: false };
  const plan = planOrganizationWrite(organization, incoming, nothing);
  if (plan.kind !== "insert") throw new TypeError(plan.kind);
  const known = { stored: plan.document, isTombstoned: false };
  const find = (name: string, updated_at: number) =>
    findOrganizationDrift({ ...organization, name, updated_at }, known, NOW);
  assertEquals(find("Fox", 1_000), null);
  assertEquals(find("Vixen", 1_000)?.kind, "edited");
  assertEquals(find("Vixen", 2_000)?.kind, "stale");
  assertEquals(
    findOrganizationDrift(organization, nothing, NOW)?.kind,
    "missing",
  );
  assertEquals(findOrganizationDrift(null, known, NOW)?.kind, "ghost");
});

Deno.test("findMembershipDrift() compares as for users", () => {
  const membership = {
    id: "orgmem_1",
    role: "org:member",
    organization: { id: "org_1" },
    public_user_data: { user_id: "user_1" },
    updated_at: 1_000,
  };
  const incoming = incomingOfRead(1_000, new Date(1_000), "msg_1");
  const nothing = { stored: undefined, isTombstoned: false };
  const plan = planMembershipWrite(membership, incoming, nothing);
  if (plan.kind !== "insert") throw new TypeError(plan.kind);
  const known = { stored: plan.document, isTombstoned: false };
  const promoted = { ...membership, role: "org:admin" };
  assertEquals(findMembershipDrift(membership, known, NOW), null);
  assertEquals(findMembershipDrift(promoted, known, NOW)?.fields, [
    { field: "role", clerk: "org:admin", mongodb: "org:member" },
  ]);
  assertEquals(findMembershipDrift(null, known, NOW)?.kind, "ghost");
});
