/**
 * Differences of every kind, spread evenly over a population, and life that goes
 * on at Clerk while a scan is on its way.
 */
import { type ClerkUser, clerkUser } from "../../../lib/events.ts";
import type { DriftKind } from "../../../lib/sync/drift.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import { removeUser } from "../../../functions/delete_user_with_clerk.ts";
import type { Store } from "../../../lib/store/store.ts";
import type {
  ClerkApiOptions,
  FakeClerk,
} from "../../support/clerk_api/start_clerk_api.ts";

/** Both sides. */
export interface Sides {
  readonly store: Store;
  readonly clerk: FakeClerk;
}

const PLANTED_KINDS = [
  "missing",
  "ghost",
  "stale",
  "edited",
  "tombstoned",
] as const;

/**
 * Plants as many differences of each kind.
 *
 * @param sides Both in step.
 * @param each How many; the population must be ten times as large at least.
 * @returns The kind of each, by user id.
 */
export async function plantDrift(
  sides: Sides,
  each: number,
): Promise<Map<string, DriftKind>> {
  const { users } = sides.clerk;
  const count = each * PLANTED_KINDS.length;
  // Every second place, so that life finds users between them.
  const ids = Array.from(
    { length: count },
    (_, index) => idAt(sides.clerk, Math.floor(index * users.size / count)),
  );
  const planted = new Map<string, DriftKind>();
  for (const [index, id] of ids.entries()) {
    const kind = PLANTED_KINDS[index % PLANTED_KINDS.length] ?? "missing";
    await plantOne(sides, id, kind);
    planted.set(id, kind);
  }
  return planted;
}

async function plantOne(
  { store, clerk }: Sides,
  id: string,
  kind: DriftKind,
): Promise<void> {
  const { documents } = store.users;
  switch (kind) {
    case "missing":
      return void await documents.deleteOne({ _id: id });
    case "ghost":
      return void await clerk.deleteUser(id);
    case "stale":
      return void await clerk.updateUser(id, { first_name: "Renamed" });
    case "edited": {
      const $set = { full_name: "Somebody Else" };
      return void await documents.updateOne({ _id: id }, { $set });
    }
    case "tombstoned": {
      const tombstone = { deleted_at: new Date(), event_id: "msg_gone" };
      return void await removeUser(store, { _id: id, ...tombstone });
    }
    default:
      return kind satisfies never;
  }
}

/** The id of a user by its place in the order of sign-ups. */
export function idAt({ users }: FakeClerk, rank: number): string {
  const user = users.getAt(users.byCreatedAt, rank);
  if (user === undefined) throw new RangeError(`Cannot find rank ${rank}`);
  return user.id;
}

/**
 * Applies a webhook about a user.
 *
 * @param store Where.
 * @param user Its payload.
 * @param webhook When and under which id it was sent.
 */
export async function receiveUser(
  { users }: Store,
  user: ClerkUser,
  webhook: { readonly eventAt: Date; readonly eventId: string },
): Promise<void> {
  const version = { updatedAtMs: user.updated_at ?? 0, ...webhook };
  const incoming = {
    version,
    source: "webhook",
    now: webhook.eventAt,
  } as const;
  await users.apply(user.id, (known) => planUserWrite(user, incoming, known));
}

type Webhook = Parameters<NonNullable<ClerkApiOptions["onWebhook"]>>[0];

/**
 * What befalls users during a scan: sign-ups, changes and deletions before and
 * behind the walk, the user that it stands at included. Webhooks arrive late.
 */
export class LifeDuringScan {
  /** To be handed to the simulated instance. */
  readonly options: Pick<ClerkApiOptions, "beforeAnswer" | "onWebhook"> = {
    onWebhook: (webhook) => {
      if (this.#sides !== undefined) this.#underWay.push(webhook);
    },
    beforeAnswer: (clerk, url) => this.#live(clerk, url),
  };
  /** Users of before that were changed or deleted. */
  readonly touched = new Set<string>();
  readonly #underWay: Webhook[] = [];
  #sides: Sides | undefined;
  #spared: ReadonlySet<string> = new Set();
  #pages = 0;

  /**
   * Begins, at the next page of users.
   *
   * @param sides Both sides.
   * @param spared Users that nothing befalls.
   */
  begin(sides: Sides, spared: ReadonlySet<string>): void {
    this.#sides = sides;
    this.#spared = spared;
  }

  /** Delivers every webhook that is under way. */
  async deliver(): Promise<void> {
    const { store } = this.#sides ?? {};
    if (store === undefined) return;
    for (const { type, data, timestamp } of this.#underWay.splice(0)) {
      const user = clerkUser.parse(data);
      const eventAt = new Date(timestamp);
      if (type === "user.deleted") {
        const tombstone = { deleted_at: eventAt, event_id: `msg_${type}` };
        await removeUser(store, { _id: user.id, ...tombstone });
        continue;
      }
      await receiveUser(store, user, { eventAt, eventId: `msg_${timestamp}` });
    }
  }

  async #live(clerk: FakeClerk, url: URL): Promise<void> {
    const isPage = url.pathname === "/v1/users" &&
      url.searchParams.get("limit") === "500";
    if (this.#sides === undefined || !isPage) return;
    this.#pages++;
    if (this.#pages === 2) {
      const { id } = await clerk.createUser({ first_name: "Passing" });
      await clerk.updateUser(id, { last_name: "By" });
      await clerk.deleteUser(id);
      await clerk.createUser({ first_name: "Staying" });
      await clerk.updateUser(this.#pick(clerk, 0.01), { first_name: "Behind" });
      await clerk.updateUser(this.#pick(clerk, 0.9), { first_name: "Ahead" });
    }
    if (this.#pages === 3) {
      // The walk stands at this very user.
      const cursor = url.searchParams.get("starting_after");
      const isFree = cursor !== null && !this.#spared.has(cursor) &&
        clerk.users.get(cursor) !== undefined;
      if (isFree) {
        this.touched.add(cursor);
        await clerk.deleteUser(cursor);
      }
      await clerk.deleteUser(this.#pick(clerk, 0.02));
      await clerk.deleteUser(this.#pick(clerk, 0.95));
    }
  }

  /** A user near a part of the population that nothing was planted at. */
  #pick(clerk: FakeClerk, part: number): string {
    for (let rank = Math.floor(clerk.users.size * part);; rank++) {
      const id = idAt(clerk, rank);
      if (this.#spared.has(id) || this.touched.has(id)) continue;
      this.touched.add(id);
      return id;
    }
  }
}
