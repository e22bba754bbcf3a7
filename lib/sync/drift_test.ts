import { assertEquals } from "@std/assert";
import type { ClerkUser } from "../events.ts";
import { findUserDrift } from "./drift.ts";
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
    const drift = findUserDrift(user, stored, NOW);
    assertEquals(drift?.kind ?? null, kind);
    assertEquals(
      (drift?.fields ?? []).map(({ field }) => field).toSorted(),
      fields,
    );
  });
}

Deno.test("findUserDrift() shows both values of a field", () => {
  const edited = { ...storedAs(USER), first_name: "Eve" };
  assertEquals(findUserDrift(USER, edited, NOW)?.fields, [
    { field: "first_name", clerk: "Ada", mongodb: "Eve" },
  ]);
});
