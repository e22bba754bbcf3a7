/**
 * What the embedded MongoDB does a second, beside the driver's own `ping` on it:
 * all in one run and in turns, because machines are noisy.
 *
 * 100 clients at once on a database on disk, each write fsynced before its
 * answer. `deno task bench` runs it with the others.
 */
import { type Collection, type Db, MongoClient } from "mongodb";
import { startMongo } from "../packages/embedded_mongo/mod.ts";
import { print } from "../tasks/terminal.ts";

const CLIENTS = 100;
const ROUNDS = 15;
const ROUND_MS = 300;
const USERS = 10_000;
const BULK_DOCUMENTS = 1_000;

/** A document of the size that a user has. */
interface User {
  readonly _id: string;
  readonly email: string;
  readonly full_name: string;
  readonly public_metadata: { readonly plan: string };
  readonly updated_at: Date;
  readonly version: number;
}

let turns = 0; // Every call has a number of its own.

const path = await Deno.makeTempDir({ prefix: "mongo-bench-" });
try {
  await using server = await startMongo({ path });
  await using client = await MongoClient.connect(server.uri);
  await measureRates(client.db("bench"));
  await measureBulks(client.db("bench"));
} finally {
  await Deno.remove(path, { recursive: true });
}

async function measureRates(db: Db): Promise<void> {
  const users = db.collection<User>("users");
  const operations = {
    ping: () => db.command({ ping: 1 }),
    upsert: (turn: number) => upsertUser(users, turn),
    find: (turn: number) => users.findOne({ _id: `user_${turn % USERS}` }),
  };
  const rates = { ping: [], upsert: [], find: [] } as Record<string, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(operations)) {
      const perSecond = await measureRound(run);
      if (round > 0) rates[name]?.push(perSecond); // The first one warms up.
    }
  }
  const pings = median(rates.ping ?? []);
  print(`ping           ${Math.round(pings)}/s at ${CLIENTS} clients`);
  report("upsert by _id", {
    perSecond: median(rates.upsert ?? []),
    pings,
    goal: 0.5,
  });
  report("find by _id", {
    perSecond: median(rates.find ?? []),
    pings,
    goal: 0.7,
  });
}

function upsertUser(users: Collection<User>, turn: number): Promise<unknown> {
  const { _id, ...fields } = makeUser(turn % USERS, turn);
  return users.updateOne({ _id }, { $set: fields }, { upsert: true });
}

function makeUser(number: number, version: number): User {
  return {
    _id: `user_${number}`,
    email: `user.${number}@example.com`,
    full_name: `Ada Lovelace ${number}`,
    public_metadata: { plan: number % 3 === 0 ? "free" : "team" },
    updated_at: new Date(1_700_000_000_000 + version),
    version,
  };
}

/** Each client sends its next call when the one before is answered. */
async function measureRound(
  run: (turn: number) => Promise<unknown>,
): Promise<number> {
  const startedMs = performance.now();
  const endsMs = startedMs + ROUND_MS;
  let count = 0;
  const work = async () => {
    while (performance.now() < endsMs) {
      await run(turns++);
      count++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, work));
  return count / (performance.now() - startedMs) * 1000;
}

async function measureBulks(db: Db): Promise<void> {
  const copies = db.collection<User>("copies");
  const rates: number[] = [];
  for (let bulk = 0; bulk < 30; bulk++) {
    const first = bulk * BULK_DOCUMENTS;
    const documents = Array.from(
      { length: BULK_DOCUMENTS },
      (_, i) => makeUser(first + i, 0),
    );
    const startedMs = performance.now();
    await copies.insertMany(documents);
    rates.push(BULK_DOCUMENTS / (performance.now() - startedMs) * 1000);
  }
  const rate = median(rates.slice(5)); // The first ones warm up.
  print(
    `insertMany     ${
      Math.round(rate)
    } documents/s in ${BULK_DOCUMENTS}s, goal 30000`,
  );
}

function report(
  name: string,
  { perSecond, pings, goal }: {
    perSecond: number;
    pings: number;
    goal: number;
  },
): void {
  const ratio = (perSecond / pings).toFixed(2);
  print(
    `${name.padEnd(14)} ${
      Math.round(perSecond)
    }/s, ${ratio} x ping, goal ${goal}`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
