/** What a plan writes of a user; which of two states wins is in write_order_test.ts. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ANN,
  incoming,
  NOW,
  planOver,
  storedAnn,
  T0,
  unknown,
} from "../../tests/support/plan_ann.ts";
import { clerkUser } from "../events.ts";
import { EMPTY_USER, type UserDocument } from "./user_document.ts";
import { planUserWrite } from "./write_plan.ts";

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
