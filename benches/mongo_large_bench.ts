/**
 * The embedded MongoDB with a million documents on disk: how fast a page and a
 * count by an index are, how long it takes to open, and what memory all of it
 * needs. A number as argument makes it fewer documents.
 *
 * Memory is that of the whole process, driver and load included.
 */
import { type Collection, MongoClient } from "mongodb";
import { startMongo } from "../packages/embedded_mongo/mod.ts";
import { print } from "../tasks/terminal.ts";
import { percentiles } from "./support/http_load.ts";

const DOCUMENTS = Number(Deno.args[0] ?? 1_000_000);
const BULK_DOCUMENTS = 1_000;
const TYPES = 20;
const QUERIES = 300;
const OPENINGS = 5;
const FIRST_MS = Date.UTC(2026, 0, 1);
const GAP_MS = 1_000;
const MIB = 1024 * 1024;

/** A document of the size that a recorded event has. */
interface RecordedEvent {
  readonly _id: string;
  readonly type: string;
  readonly subject_id: string;
  readonly received_at: Date;
  readonly status: string;
  readonly note: string;
}

const path = await Deno.makeTempDir({ prefix: "mongo-bench-" });
try {
  await fill(path);
  await measureOpening(path);
  await measureQueries(path);
  print(`memory         ${toMib(Deno.memoryUsage().rss)} MiB, goal 300`);
} finally {
  await Deno.remove(path, { recursive: true });
}

async function fill(path: string): Promise<void> {
  await using server = await startMongo({ path });
  await using client = await MongoClient.connect(server.uri);
  const events = client.db("bench").collection<RecordedEvent>("events");
  await events.createIndexes([
    { key: { received_at: -1 } },
    { key: { type: 1, received_at: -1 } },
  ]);
  const startedMs = performance.now();
  for (let first = 0; first < DOCUMENTS; first += BULK_DOCUMENTS) {
    await events.insertMany(
      Array.from({ length: BULK_DOCUMENTS }, (_, i) => makeEvent(first + i)),
    );
  }
  const tookS = (performance.now() - startedMs) / 1000;
  print(
    `filled         ${DOCUMENTS} documents with two indexes in ` +
      `${tookS.toFixed(1)} s, ${Math.round(DOCUMENTS / tookS)}/s`,
  );
}

function makeEvent(number: number): RecordedEvent {
  return {
    _id: `msg_${number.toString().padStart(12, "0")}`,
    type: `type.${number % TYPES}`,
    subject_id: `user_${(number * 7919) % 100_000}`,
    received_at: new Date(FIRST_MS + number * GAP_MS),
    status: number % 50 === 0 ? "failed" : "processed",
    note: "x".repeat(100),
  };
}

async function measureOpening(path: string): Promise<void> {
  const timesMs: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const startedMs = performance.now();
    await using server = await startMongo({ path });
    await using client = await MongoClient.connect(server.uri);
    await client.db("bench").collection("events").findOne();
    timesMs.push(performance.now() - startedMs);
  }
  print(
    `open           ${
      percentiles(timesMs).p50.toFixed(0)
    } ms until the first ` +
      "document is read, goal 300",
  );
}

async function measureQueries(path: string): Promise<void> {
  await using server = await startMongo({ path });
  await using client = await MongoClient.connect(server.uri);
  const events = client.db("bench").collection<RecordedEvent>("events");
  await measure("page of 50", (turn) => readPage(events, turn));
  await measure("page of a type", (turn) => readTypedPage(events, turn));
  await measure("count a day", (turn) => countDay(events, turn));
  await measure(
    "count a type",
    (turn) => events.countDocuments({ type: `type.${turn % TYPES}` }),
  );
}

function readPage(events: Collection<RecordedEvent>, turn: number) {
  return events.find({ received_at: { $lt: pickInstant(turn) } })
    .sort({ received_at: -1 }).limit(50).toArray();
}

function readTypedPage(events: Collection<RecordedEvent>, turn: number) {
  return events.find({
    type: `type.${turn % TYPES}`,
    received_at: { $lt: pickInstant(turn) },
  }).sort({ received_at: -1 }).limit(50).toArray();
}

function countDay(events: Collection<RecordedEvent>, turn: number) {
  const from = pickInstant(turn);
  const to = new Date(from.getTime() + 86_400_000);
  return events.countDocuments({ received_at: { $gte: from, $lt: to } });
}

/** Jumps about, so that no two queries in a row read the same pages. */
function pickInstant(turn: number): Date {
  return new Date(FIRST_MS + (turn * 104_729) % DOCUMENTS * GAP_MS);
}

async function measure(
  name: string,
  run: (turn: number) => Promise<unknown>,
): Promise<void> {
  const timesMs: number[] = [];
  for (let turn = 1; turn <= QUERIES; turn++) {
    const startedMs = performance.now();
    await run(turn);
    timesMs.push(performance.now() - startedMs);
  }
  const sorted = timesMs.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? NaN;
  print(
    `${name.padEnd(14)} p50 ${percentiles(timesMs).p50.toFixed(1)} ms, ` +
      `p95 ${p95.toFixed(1)} ms, goal 10`,
  );
}

function toMib(bytes: number): number {
  return Math.round(bytes / MIB);
}
