/**
 * Random lives of users, organizations and memberships, as Clerk would tell
 * them, by either road, and what Clerk itself knows at each moment of them.
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
  /** Which person; whoever was deleted comes back under a new id. */
  readonly who: number;
  readonly organization: number;
  /** Whether `updated_at` moves on, in ms: 0 makes a tie. */
  readonly tick: number;
  /** Whether the envelope's timestamp moves on: 0 makes a tie there too. */
  readonly delay: number;
  /** Sorts the event's id, unless it ties with the event before it. */
  readonly idPrefix: number;
  /** Clerk's template has neither id nor timestamp: `updated_at` always moves on. */
  readonly road: "webhook" | "template";
  readonly name: string;
  readonly ownUsername: string | null;
  /** What the payload does not tell. */
  readonly untold: readonly string[];
}

/** What Clerk's schema lets a payload leave out, and a name for good measure. */
const OPTIONAL = [
  "image_url",
  "last_name",
  "public_metadata",
  "banned",
  "slug",
];

/** An event, and when it happened. */
export interface ToldEvent {
  readonly event: ReceivedEvent;
  /** Its place in the history. */
  readonly index: number;
  readonly at: Date;
}

/**
 * Random steps.
 *
 * @param kinds What may happen; one that is named twice happens twice as often.
 * @returns The arbitrary: up to nine steps.
 */
export function anySteps(
  kinds: readonly Step["kind"][],
): fc.Arbitrary<readonly Step[]> {
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(2),
    organization: fc.nat(1),
    tick: fc.constantFrom(0, 0, 1, 5),
    delay: fc.constantFrom(0, 1, 3),
    idPrefix: fc.nat(9),
    road: fc.constantFrom("webhook", "webhook", "webhook", "template"),
    name: fc.constantFrom("Ann", "Bo", "Cy", "Di", "Ed"),
    ownUsername: fc.constantFrom(null, null, "ann", "bo"),
    untold: fc.oneof(fc.constant([]), fc.subarray(OPTIONAL)),
  });
  return fc.array(step, { minLength: 1, maxLength: 9 });
}

/**
 * Tells a history as events, in the order in which they happened.
 *
 * Ids are random, as Svix's are, so that nothing but the times can order two
 * events that differ in them. Among full ties ids grow: there the id is the rule.
 *
 * @param steps What happens.
 * @returns The events: times never run backwards.
 */
export function tellHistory(steps: readonly Step[]): ToldEvent[] {
  const lives = new Map<string, number>();
  const organizations = new Map<string, Record<string, unknown>>();
  let updatedAt = 1_772_442_000_000;
  let timestamp = updatedAt;
  let idPrefix = 0;
  return steps.map((step, index) => {
    const before = timestamp;
    const tick = step.road === "template" ? Math.max(1, step.tick) : step.tick;
    updatedAt += tick;
    timestamp = Math.max(timestamp, updatedAt) + step.delay;
    const isFullTie = tick === 0 && timestamp === before;
    if (!isFullTie) idPrefix = step.idPrefix;
    const named = nameObjects(step, lives);
    const payload = payloadOf(step, named, updatedAt);
    for (const key of step.untold) Reflect.deleteProperty(payload, key);
    if (step.kind === "organization") {
      organizations.set(named.organization, payload);
    }
    if (step.kind === "membership") {
      payload.organization = organizations.get(named.organization) ??
        { id: named.organization };
    }
    if (step.kind.endsWith("-deleted")) endLife(step, lives);
    const id = `msg_${idPrefix}_${String(index).padStart(3, "0")}`;
    const origin = { id, timestamp, instance_id: "ins_1" };
    const event = receiveEvent({
      id,
      ts: timestamp,
      name: `clerk/${typeOf(step)}`,
      data: step.road === "webhook"
        ? { ...payload, _webhook: origin }
        : payload,
    });
    return { event, index, at: new Date(timestamp) };
  });
}

/**
 * The same event by Clerk's template, for those who have set up both roads.
 *
 * @param told The event.
 * @returns It, without id, timestamp and signature.
 */
export function byTemplate(told: ToldEvent): ToldEvent {
  return { ...told, event: { ...told.event, origin: undefined } };
}

type Names = ReturnType<typeof nameObjects>;

function nameObjects(step: Step, lives: ReadonlyMap<string, number>) {
  const lifeOf = (key: string) => lives.get(key) ?? 0;
  const person = `user_${step.who}`;
  const place = `org_${step.organization}`;
  const user = `${person}_${lifeOf(person)}`;
  const organization = `${place}_${lifeOf(place)}`;
  const pair = `orgmem_${organization}_${user}`;
  return { user, organization, pair, membership: `${pair}_${lifeOf(pair)}` };
}

/** What was deleted begins anew under another id. */
function endLife(step: Step, lives: Map<string, number>): void {
  const key = step.kind === "user-deleted"
    ? `user_${step.who}`
    : step.kind === "organization-deleted"
    ? `org_${step.organization}`
    : nameObjects(step, lives).pair;
  lives.set(key, (lives.get(key) ?? 0) + 1);
}

function typeOf(step: Step): string {
  const noun = step.kind.startsWith("membership")
    ? "organizationMembership"
    : step.kind.startsWith("organization")
    ? "organization"
    : "user";
  return `${noun}.${step.kind.endsWith("-deleted") ? "deleted" : "updated"}`;
}

function payloadOf(
  step: Step,
  { user, organization, membership }: Names,
  updatedAt: number,
): Record<string, unknown> {
  switch (step.kind) {
    case "user":
      return userPayload(user, step, updatedAt);
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
      return { id: user, deleted: true };
    case "organization-deleted":
      return { id: organization, deleted: true };
    default:
      return step.kind satisfies never;
  }
}

/** All share two addresses, so that user names clash. */
function userPayload(
  id: string,
  step: Step,
  updatedAt: number,
): Record<string, unknown> {
  const address = step.name < "C" ? "ann@example.com" : "bo@example.com";
  return {
    id,
    first_name: step.name,
    last_name: step.name < "C" ? "Lee" : null,
    image_url: `https://img.example.com/${step.name}`,
    external_id: null,
    username: step.ownUsername,
    primary_email_address_id: "idn_1",
    email_addresses: [{
      id: "idn_1",
      email_address: address,
      verification: { status: "verified" },
    }],
    primary_phone_number_id: null,
    phone_numbers: [],
    banned: step.name === "Di",
    locked: false,
    public_metadata: { tier: step.name },
    created_at: 1_772_442_000_000,
    updated_at: updatedAt,
  };
}
