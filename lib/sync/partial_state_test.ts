/** States that leave fields out end the same in any order. */
import { assertEquals } from "@std/assert";
import { clerkPayload, dataOf } from "../../tests/support/clerk_payloads.ts";
import { incoming, T0 } from "../../tests/support/plan_ann.ts";
import { clerkOrganization, clerkUser } from "../events.ts";
import { planOrganizationWrite } from "./organization_document.ts";
import {
  type Incoming,
  type Known,
  planUserWrite,
  type SyncedDocument,
  type WritePlan,
} from "./write_plan.ts";

type Planner<D extends SyncedDocument> = (known: Known<D>) => WritePlan<D>;

/** Carries plans out in memory, one after another. */
function carryOut<D extends SyncedDocument>(
  ...planners: readonly Planner<D>[]
): { readonly stored: D | undefined; readonly outcomes: readonly string[] } {
  let stored: D | undefined;
  const outcomes = planners.map((planner) => {
    const plan = planner({ stored, isTombstoned: false });
    if (plan.kind === "insert") stored = plan.document;
    if (plan.kind === "update" && stored !== undefined) {
      stored = { ...stored, ...plan.set, sync: plan.stamp };
    }
    return plan.kind === "skip" ? plan.reason : plan.kind;
  });
  return { stored, outcomes };
}

/** A state, so many ms after T0. */
function at(tick: number): Incoming {
  return incoming({
    updatedAtMs: T0 + tick,
    eventAt: new Date(T0 + tick),
    eventId: `msg_${tick}`,
  });
}

const told = (tick: number, fields: Record<string, unknown>) => {
  const user = clerkUser.parse({ id: "user_1", username: "ann", ...fields });
  return (known: Parameters<typeof planUserWrite>[2]) =>
    planUserWrite(user, at(tick), known);
};

Deno.test("planOrganizationWrite() keeps a picture that only the older of two payloads tells, in either order", () => {
  const planners = ["created__plain", "updated__metadata-null"].map((file) => {
    const data = dataOf(clerkPayload(`organization.${file}`));
    const organization = clerkOrganization.parse(data);
    const version = incoming({
      updatedAtMs: organization.updated_at ?? 0,
      eventAt: new Date(organization.updated_at ?? 0),
      eventId: file,
    });
    return (known: Parameters<typeof planOrganizationWrite>[2]) =>
      planOrganizationWrite(organization, version, known);
  });
  const inOrder = carryOut(...planners);
  const reversed = carryOut(...planners.toReversed());
  assertEquals(reversed.outcomes, ["insert", "update"]);
  assertEquals(reversed.stored, inOrder.stored);
  assertEquals(
    reversed.stored?.image,
    "https://img.clerk.com/031abc61b075c345",
  );
});

Deno.test("planUserWrite() takes nothing of an older state but what no newer one told", () => {
  const { stored } = carryOut(
    told(9, { banned: false }),
    told(5, { banned: true, external_id: "five" }),
    told(3, { external_id: "three", image_url: "https://example.com/3" }),
  );
  assertEquals(stored?.banned, false);
  assertEquals(stored?.external_id, "five");
  assertEquals(stored?.profile_picture, "https://example.com/3");
  assertEquals(stored?.sync.version, T0 + 9);
});

Deno.test("planUserWrite() joins names that two states told", () => {
  const { stored } = carryOut(
    told(9, { first_name: "Ann" }),
    told(5, { first_name: "Anna", last_name: "Lee" }),
  );
  assertEquals(stored?.full_name, "Ann Lee");
});

Deno.test("planUserWrite() answers what an older state has told already with duplicate", () => {
  const late = told(5, { external_id: "five" });
  const { outcomes } = carryOut(told(9, {}), late, late);
  assertEquals(outcomes, ["insert", "update", "duplicate"]);
});

Deno.test("planUserWrite() notes nothing of a state that is whole", () => {
  const data = dataOf(clerkPayload("user.created__email-password"));
  const user = clerkUser.parse(data);
  const plan = planUserWrite(user, at(0), {
    stored: undefined,
    isTombstoned: false,
  });
  assertEquals(plan.kind === "insert" && plan.document.sync.older, undefined);
});
