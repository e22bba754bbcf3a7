/**
 * Random lives of users, organizations and memberships, as Clerk would tell
 * them, and the state in which the last word leaves MongoDB.
 */
import fc from "fast-check";
import {
  type ReceivedEvent,
  receiveEvent,
} from "../../functions/received_event.ts";

/** One thing that happens to one object, before it has a time. */
export interface Step {
  readonly kind:
    | "user"
    | "user-deleted"
    | "organization"
    | "organization-deleted"
    | "membership"
    | "membership-deleted";
  /** Which user; organizations and memberships follow from it. */
  readonly who: number;
  readonly organization: number;
  /** Whether `updated_at` moves on, in ms: 0 makes a tie. */
  readonly tick: number;
  /** Whether the envelope's timestamp moves on: 0 makes a tie there too. */
  readonly delay: number;
  /** Sorts the event's id, unless it ties with the event before it. */
  readonly idPrefix: number;
  readonly name: string;
  readonly ownUsername: string | null;
}

/** A history with its deliveries. */
export interface Scenario {
  readonly steps: readonly Step[];
  /** Keys by which deliveries are ordered; every event has at least one. */
  readonly order: readonly number[];
  /** Events that are delivered once more, by index. */
  readonly duplicates: readonly number[];
  readonly workers: number;
  /** Events that a worker has under way at once. */
  readonly atOnce: number;
  /** Who goes next at each step. */
  readonly choices: readonly number[];
  /** Calls to the database, by number, at which a worker crashes. */
  readonly crashes: readonly {
    readonly call: number;
    readonly side: "before" | "after";
  }[];
}

/** What must be there in the end. */
export interface FinalState {
  readonly users: ReadonlyMap<string, ReceivedEvent>;
  readonly organizations: ReadonlyMap<string, ReceivedEvent>;
  readonly memberships: ReadonlyMap<string, ReceivedEvent>;
  readonly tombstones: ReadonlySet<string>;
}

/**
 * Random scenarios.
 *
 * @param kinds What may happen in them.
 * @returns The arbitrary.
 */
export function scenarios(
  kinds: readonly Step["kind"][],
): fc.Arbitrary<Scenario> {
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(2),
    organization: fc.nat(1),
    tick: fc.constantFrom(0, 0, 1, 5),
    delay: fc.constantFrom(0, 1, 3),
    idPrefix: fc.nat(9),
    name: fc.constantFrom("Ann", "Bo", "Cy", "Di", "Ed"),
    ownUsername: fc.constantFrom(null, null, "ann", "bo"),
  });
  return fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 9 }),
    order: fc.array(fc.nat(999), { minLength: 18, maxLength: 18 }),
    duplicates: fc.array(fc.nat(8), { maxLength: 4 }),
    workers: fc.integer({ min: 1, max: 3 }),
    atOnce: fc.integer({ min: 1, max: 4 }),
    choices: fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }),
    crashes: fc.array(
      fc.record({
        call: fc.nat(25),
        side: fc.constantFrom("before" as const, "after" as const),
      }),
      { maxLength: 3 },
    ),
  });
}

/**
 * Tells a history as events, in the order in which they happened.
 *
 * Ids are random, as Svix's are, so that nothing but the times can order two
 * events that differ in them. Among full ties ids grow: there the id is the rule.
 *
 * @param steps What happens; steps on something deleted are left out.
 * @returns The events: times never run backwards.
 */
export function tellHistory(steps: readonly Step[]): ReceivedEvent[] {
  const gone = new Set<string>();
  let updatedAt = 1_772_442_000_000;
  let timestamp = updatedAt;
  let idPrefix = 0;
  return steps.flatMap((step, index) => {
    const before = timestamp;
    updatedAt += step.tick;
    timestamp = Math.max(timestamp, updatedAt) + step.delay;
    const isFullTie = step.tick === 0 && timestamp === before;
    if (!isFullTie) idPrefix = step.idPrefix;
    const subject = subjectOf(step);
    if (idsOf(step).some((id) => gone.has(id))) return [];
    if (step.kind.endsWith("-deleted")) gone.add(subject);
    return [receiveEvent({
      name: `clerk/${typeOf(step)}`,
      data: {
        ...payloadOf(step, updatedAt),
        _webhook: {
          id: `msg_${idPrefix}_${String(index).padStart(3, "0")}`,
          timestamp,
          instance_id: "ins_1",
        },
      },
    })];
  });
}

/**
 * The state after all events in the order in which they happened.
 *
 * @param events As tellHistory() tells them.
 * @returns The last word on everything that still exists.
 */
export function finalStateOf(events: readonly ReceivedEvent[]): FinalState {
  const tombstones = new Set(
    events.filter((event) => event.type.endsWith(".deleted")).map((event) =>
      event.subject ?? ""
    ),
  );
  const lastWords = (prefix: string) =>
    new Map(
      events
        .filter((event) =>
          event.type.startsWith(prefix) && !event.type.endsWith(".deleted")
        )
        .filter((event) =>
          ![event.subject, ...parentsOf(event)].some((id) =>
            tombstones.has(id ?? "")
          )
        )
        .map((event) => [event.subject ?? "", event]),
    );
  return {
    tombstones,
    users: lastWords("user."),
    organizations: lastWords("organization."),
    memberships: lastWords("organizationMembership."),
  };
}

function parentsOf(event: ReceivedEvent): (string | undefined)[] {
  const { organization, public_user_data } = event.data as {
    organization?: { id: string };
    public_user_data?: { user_id: string };
  };
  return [organization?.id, public_user_data?.user_id];
}

function subjectOf(step: Step): string {
  const { user, organization, membership } = names(step);
  if (step.kind.startsWith("user")) return user;
  return step.kind.startsWith("organization") ? organization : membership;
}

/** The object itself and those that it cannot exist without. */
function idsOf(step: Step): string[] {
  const { user, organization, membership } = names(step);
  return step.kind.startsWith("membership")
    ? [membership, organization, user]
    : [subjectOf(step)];
}

function names({ who, organization }: Step) {
  return {
    user: `user_${who}`,
    organization: `org_${organization}`,
    membership: `orgmem_${organization}_${who}`,
  };
}

function typeOf(step: Step): string {
  const noun = step.kind.startsWith("membership")
    ? "organizationMembership"
    : step.kind.startsWith("organization")
    ? "organization"
    : "user";
  return `${noun}.${step.kind.endsWith("-deleted") ? "deleted" : "updated"}`;
}

function payloadOf(step: Step, updatedAt: number): Record<string, unknown> {
  const { user, organization, membership } = names(step);
  switch (step.kind) {
    case "user":
      return {
        ...userPayload(user, step),
        updated_at: updatedAt,
      };
    case "organization":
      return {
        id: organization,
        name: step.name,
        slug: step.name.toLowerCase(),
        updated_at: updatedAt,
      };
    case "membership":
    case "membership-deleted":
      return {
        id: membership,
        role: step.name === "Ann" ? "org:admin" : "org:member",
        organization: { id: organization },
        public_user_data: { user_id: user },
        updated_at: updatedAt,
      };
    case "user-deleted":
    case "organization-deleted":
      return { id: subjectOf(step), deleted: true };
    default:
      return step.kind satisfies never;
  }
}

/** All share two addresses, so that user names clash. */
function userPayload(id: string, step: Step): Record<string, unknown> {
  const address = step.name < "C" ? "ann@example.com" : "bo@example.com";
  return {
    id,
    first_name: step.name,
    last_name: null,
    username: step.ownUsername,
    primary_email_address_id: "idn_1",
    email_addresses: [{
      id: "idn_1",
      email_address: address,
      verification: { status: "verified" },
    }],
    banned: step.name === "Di",
    public_metadata: { tier: step.name },
    created_at: 1_772_442_000_000,
  };
}
