/**
 * Delivers a history to concurrent workers in any order, some of it twice or by
 * both roads, while processes die, Clerk's API fails and an application writes to
 * the same documents.
 */
import fc from "fast-check";
import type { Db } from "mongodb";
import { deleteUser } from "../../functions/delete_user_with_clerk.ts";
import type { FunctionDependencies } from "../../functions/dependencies.ts";
import { writeMembership } from "../../functions/sync_membership.ts";
import { writeOrganization } from "../../functions/sync_organization.ts";
import { writeUser } from "../../functions/write_user.ts";
import { createStore, type Store } from "../../lib/store/store.ts";
import { truthAfter } from "./clerk_truth.ts";
import { Crash, type CrashSide } from "./crashes.ts";
import { byTemplate, type ToldEvent } from "./histories.ts";
import { type Gate, interleave } from "./interleave.ts";
import { steppedDb } from "./stepped_db.ts";

/** How a history is delivered. */
export interface Delivery {
  /** Keys by which deliveries are ordered; every event has at least one. */
  readonly order: readonly number[];
  /** Events that are delivered once more, by index. */
  readonly duplicates: readonly number[];
  /** Events that come by Clerk's template as well. */
  readonly bothRoads: readonly number[];
  readonly workers: number;
  /** Events that a worker has under way at once. */
  readonly atOnce: number;
  /** Who goes next at each step, and how late Clerk's API is asked. */
  readonly choices: readonly number[];
  /** Calls to the database, by number, at which a worker's process dies. */
  readonly crashes: readonly {
    readonly call: number;
    readonly side: CrashSide;
  }[];
  /** Whether there is a key, and which calls of Clerk's API fail; null without. */
  readonly apiFaults: readonly number[] | null;
  /** Whose documents the application writes to, one after another. */
  readonly themed: readonly { readonly who: number; readonly life: number }[];
  /** Whose document the application made before Clerk told of them. */
  readonly adopted: number | null;
}

/** What the application wrote last, by user id. */
export type Themes = ReadonlyMap<string, string>;

/** @returns Random deliveries of up to nine events. */
export function anyDelivery(): fc.Arbitrary<Delivery> {
  return fc.record({
    order: fc.array(fc.nat(999), { minLength: 20, maxLength: 20 }),
    duplicates: fc.array(fc.nat(8), { maxLength: 4 }),
    bothRoads: fc.array(fc.nat(8), { maxLength: 2 }),
    workers: fc.integer({ min: 1, max: 3 }),
    atOnce: fc.integer({ min: 1, max: 4 }),
    choices: fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }),
    crashes: fc.array(
      fc.record({
        call: fc.nat(30),
        side: fc.constantFrom("before" as const, "after" as const),
      }),
      { maxLength: 3 },
    ),
    apiFaults: fc.option(fc.array(fc.nat(3), { maxLength: 2 })),
    themed: fc.array(fc.record({ who: fc.nat(2), life: fc.nat(1) }), {
      maxLength: 4,
    }),
    adopted: fc.option(fc.nat(2), { freq: 3 }),
  });
}

/**
 * Lets workers handle all deliveries, crashes and all.
 *
 * @param db An empty database with its indexes.
 * @param history What happened.
 * @param delivery How it comes.
 * @returns What the application wrote meanwhile.
 */
export async function deliverHistory(
  db: Db,
  history: readonly ToldEvent[],
  delivery: Delivery,
): Promise<Themes> {
  const queue = toDeliveries(history, delivery);
  const themes = new Map<string, string>();
  if (delivery.adopted !== null) {
    const _id = `user_${delivery.adopted}_0`;
    themes.set(_id, "its own");
    await users(db).insertOne({ _id, theme: "its own" });
  }
  const world = new World(db, history, delivery);
  const workers = Array.from(
    { length: delivery.workers },
    () => (gate: Gate) => world.work(queue, gate),
  );
  const application = async (gate: Gate) => {
    for (const [index, { who, life }] of delivery.themed.entries()) {
      using _turn = await gate();
      const _id = `user_${who}_${life}`;
      const $set = { theme: `theme ${index}` };
      const { matchedCount } = await users(db).updateOne({ _id }, { $set });
      if (matchedCount > 0) themes.set(_id, $set.theme);
    }
  };
  await interleave([...workers, application], () => world.choose());
  // A worker that died last may have left its event to nobody.
  await world.finish(queue);
  return themes;
}

function users(db: Db) {
  return db.collection<{ _id: string; theme: string }>("users");
}

function toDeliveries(
  history: readonly ToldEvent[],
  { duplicates, bothRoads, order }: Delivery,
): ToldEvent[] {
  const again = duplicates.flatMap((index) => history[index] ?? []);
  const copies = bothRoads.flatMap((index) => history[index] ?? []);
  return [...history, ...again, ...copies.map(byTemplate)]
    .map((told, index) => ({ told, key: order[index % order.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ told }) => told);
}

/** What all workers share: the database, Clerk, and their fate. */
class World {
  readonly #db: Db;
  readonly #history: readonly ToldEvent[];
  readonly #delivery: Delivery;
  readonly #crashes: ReadonlyMap<number, CrashSide>;
  #calls = 0;
  #apiCalls = 0;
  #choices = 0;

  constructor(db: Db, history: readonly ToldEvent[], delivery: Delivery) {
    this.#db = db;
    this.#history = history;
    this.#delivery = delivery;
    this.#crashes = new Map(
      delivery.crashes.map(({ call, side }) => [call, side]),
    );
  }

  choose(): number {
    const { choices } = this.#delivery;
    return choices[this.#choices++ % choices.length] ?? 0;
  }

  /** Handles events until there are none; a process that dies is started again. */
  async work(queue: ToldEvent[], gate: Gate): Promise<void> {
    while (queue.length > 0) {
      const life = { isOver: false };
      const store = this.#openStore(gate, life);
      while (queue.length > 0 && !life.isOver) {
        const batch = queue.splice(0, this.#delivery.atOnce);
        await Promise.all(batch.map(async (told) => {
          const isDone = await this.#tryHandle(store, told);
          // What nobody was told of is delivered again.
          if (!isDone || life.isOver) queue.push(told);
        }));
      }
    }
  }

  /** Handles what is left, undisturbed. */
  async finish(queue: ToldEvent[]): Promise<void> {
    const store = createStore(this.#db, () => Promise.resolve());
    for (let told = queue.shift(); told !== undefined; told = queue.shift()) {
      if (!await this.#tryHandle(store, told)) queue.push(told);
    }
  }

  #openStore(gate: Gate, life: { isOver: boolean }): Store {
    const stepped = steppedDb(this.#db, async (call) => {
      using _turn = await gate();
      if (life.isOver) throw new Crash();
      const side = this.#crashes.get(this.#calls++);
      life.isOver = side !== undefined;
      if (side === "before") throw new Crash();
      const answer = await call();
      if (side === "after") throw new Crash();
      return answer;
    });
    return createStore(stepped, () => Promise.resolve());
  }

  async #tryHandle(store: Store, told: ToldEvent): Promise<boolean> {
    // Clerk is asked when the event has happened, or any time later.
    const later = this.choose() % (this.#history.length - told.index);
    const presentIndex = told.index + later;
    const now = this.#history[presentIndex]?.at ?? told.at;
    try {
      await handle({
        store: { ...store, ensureIndexes: () => Promise.resolve() },
        clock: { now: () => now },
        clerkApi: this.#askClerkAt(presentIndex),
      }, told);
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return false;
    }
  }

  #askClerkAt(presentIndex: number): FunctionDependencies["clerkApi"] {
    const { apiFaults } = this.#delivery;
    if (apiFaults === null) return undefined;
    const truth = truthAfter(this.#history.slice(0, presentIndex + 1));
    const answer = (words: typeof truth.users) => (id: string) =>
      apiFaults.includes(this.#apiCalls++)
        ? Promise.reject(new Crash())
        : Promise.resolve(words.get(id)?.data ?? null);
    return {
      getUser: answer(truth.users),
      getOrganization: answer(truth.organizations),
    } as unknown as FunctionDependencies["clerkApi"];
  }
}

async function handle(
  deps: Pick<FunctionDependencies, "store" | "clock" | "clerkApi">,
  { event }: ToldEvent,
): Promise<void> {
  if (event.type === "user.deleted") await deleteUser(deps, event);
  else if (event.type.startsWith("user.")) await writeUser(deps, event);
  else if (event.type.startsWith("organization.")) {
    await writeOrganization(deps, event);
  } else await writeMembership(deps, event);
}
