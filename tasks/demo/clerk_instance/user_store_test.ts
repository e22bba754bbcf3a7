import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createGeneratedUsers } from "./generated_users.ts";
import { UserStore } from "./user_store.ts";
import type { ClerkUser } from "./clerk_user.ts";

const COUNT = 40;

interface Step {
  readonly index: number;
  readonly kind: "change" | "redate" | "delete" | "revive";
  readonly atMs: number;
}

const step = fc.record<Step>({
  index: fc.nat(COUNT - 1),
  kind: fc.constantFrom("change", "redate", "delete", "revive"),
  atMs: fc.integer({ min: 0, max: 3_000 }),
});

/** What one step does, to the store and to the plain map that it must equal. */
function apply(
  store: UserStore,
  model: Map<string, ClerkUser>,
  user: ClerkUser,
  { kind, atMs }: Step,
) {
  const current = model.get(user.id);
  if (kind === "delete") {
    store.remove(user.id);
    model.delete(user.id);
    return;
  }
  if (current === undefined && kind !== "revive") return;
  const changed = { ...user, ...current, updated_at: atMs };
  if (kind === "redate") changed.created_at = atMs;
  store.put(changed);
  model.set(user.id, changed);
}

Deno.test("UserStore keeps both orders equal to sorting a plain map", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const generated = createGeneratedUsers({
      count: COUNT,
      sinceMs: 1_400_000_000_000,
      spacingMs: 40,
    });
    const store = new UserStore(generated);
    const all = Array.from(
      { length: COUNT },
      (_, index) => generated.at(index),
    );
    const model = new Map(all.map((user) => [user.id, user]));
    for (const each of steps) {
      const shifted = { ...each, atMs: each.atMs + 1_400_000_000_000 };
      apply(store, model, all[each.index]!, shifted);
    }
    for (const field of ["created_at", "updated_at"] as const) {
      const order = field === "created_at"
        ? store.byCreatedAt
        : store.byUpdatedAt;
      const expected = [...model.values()].sort((one, other) =>
        one[field] - other[field] || (one.id < other.id ? -1 : 1)
      );
      const ranks = expected.map((_, rank) => rank);
      assertEquals(store.size, expected.length);
      assertEquals(ranks.map((rank) => store.getAt(order, rank)), expected);
      assertEquals(
        expected.map((user) =>
          order.rankOf({ timeMs: user[field], id: user.id })
        ),
        ranks,
      );
    }
  }));
});

Deno.test("UserStore remembers where a deleted user stood", () => {
  const generated = createGeneratedUsers({ count: 5 });
  const store = new UserStore(generated);
  const { id, created_at: timeMs } = generated.at(3);
  store.remove(id);
  assertEquals(store.get(id), undefined);
  assertEquals(store.locate(id), { timeMs, id });
  assertEquals(store.locate("user_nobody"), undefined);
});
