/**
 * How long the embedded engine's REST API takes to list runs and events out of a million of each.
 *
 * The rows are written into the file directly: 16 functions, one run in 200,000 failed. Prints the
 * median of five for each query; what no index answers shows as hundreds of ms.
 *
 * Run: deno run -A benches/inngest_list_bench.ts
 */
import { DatabaseSync } from "node:sqlite";
import { type Engine, startEngine } from "../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../packages/embedded_inngest/signature.ts";

const ROWS = 1_000_000;
const FUNCTIONS = 16;
const ROWS_A_FAILURE = 200_000;
const TRIES = 5;
const KEEP = { retention: { intervalMs: 1e12, maxBytes: 1e12 } };

const path = await Deno.makeTempDir();
try {
  await (await startEngine({ path, ...KEEP })).close(); // makes the tables
  const startedMs = Date.now() - ROWS;
  fill(new DatabaseSync(`${path}/inngest.db`), startedMs);
  await using engine = await startEngine({ path, ...KEEP });
  for (const query of queries(startedMs)) {
    // deno-lint-ignore no-console
    console.log(await describe(engine, query));
  }
} finally {
  await Deno.remove(path, { recursive: true });
}

/** One event and one run each millisecond. */
function fill(file: DatabaseSync, startedMs: number): void {
  const body = JSON.stringify({ data: { text: "x".repeat(300) }, name: "a/b" });
  file.exec("BEGIN");
  const addFunction = file.prepare(
    "INSERT INTO functions (id, slug, app_id, config, created_at) VALUES (?,?,'app',?,0)",
  );
  for (let id = 1; id <= FUNCTIONS; id++) {
    const slug = `app-f${id}`;
    addFunction.run(
      id,
      slug,
      JSON.stringify({ id: slug, name: slug, steps: {} }),
    );
  }
  const addEvent = file.prepare(
    "INSERT INTO events (id, name, ts, received_at, body) VALUES (?,'a/b',?3,?3,?2)",
  );
  const addRun = file.prepare(
    `INSERT INTO runs (id, function_id, event_seq, status, queued_at, started_at, ended_at, output)
     VALUES (?1,?2,?3,?4,?5,?5,?5,'"ok"')`,
  );
  for (let n = 0; n < ROWS; n++) {
    const id = String(n).padStart(26, "0");
    const status = n % ROWS_A_FAILURE === 0 ? "Failed" : "Completed";
    addEvent.run(id, body, startedMs + n);
    addRun.run(id, 1 + n % FUNCTIONS, n + 1, status, startedMs + n);
  }
  file.exec(`UPDATE marks SET value=${ROWS}; COMMIT`);
  file.close();
}

function queries(startedMs: number): string[] {
  const isoAt = (row: number) => new Date(startedMs + row).toISOString();
  return [
    "/api/v2/runs",
    "/api/v2/runs?status=FAILED",
    "/api/v2/runs?status=CANCELLED",
    "/api/v2/runs?status=QUEUED,RUNNING",
    "/api/v2/runs?functionId=f3",
    "/api/v2/runs?functionId=f3&status=FAILED",
    "/api/v2/runs?status=COMPLETED&limit=100",
    "/v1/events",
    `/v1/events?received_after=${isoAt(ROWS - 3)}`,
    `/v1/events?received_before=${isoAt(ROWS / 10)}`,
    `/v1/events?name=a/b&received_before=${isoAt(ROWS / 10)}`,
  ];
}

async function describe(engine: Engine, query: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${hashSigningKey(engine.signingKey)}`,
  };
  const tookMs: number[] = [];
  let count = 0;
  for (let n = 0; n < TRIES; n++) {
    const begunMs = performance.now();
    const response = await engine.fetch(engine.url + query, { headers });
    count = (await response.json()).data.length;
    tookMs.push(performance.now() - begunMs);
  }
  const median = tookMs.sort((a, b) => a - b)[Math.floor(TRIES / 2)] ?? NaN;
  return `${median.toFixed(1).padStart(8)} ms  ${count} rows  ${query}`;
}
