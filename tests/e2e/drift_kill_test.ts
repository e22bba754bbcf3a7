/** The process killed in the middle of a scan: the scan goes on where it was. */
import { assert, assertEquals } from "@std/assert";
import type { DriftReport } from "../../lib/store/drift_documents.ts";
import { toDocument } from "../integration/drift/drift_bed.ts";
import { idAt, plantDrift } from "../integration/drift/plant_drift.ts";
import { FakeClerk } from "../support/clerk_api/start_clerk_api.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../support/rollcall_process.ts";

const USERS = 3_000;
const PLANTED = 20; // of each kind
/** For the rest of the scan, on a machine that has other things to do. */
const PATIENCE_MS = 180_000;
const SECRET_KEY = "sk_live_simulated_instance";

/** Requests that begin the walk over all users, and those that look for ours. */
interface Seen {
  firstPages: number;
  pages: number;
  byId: number;
}

for (
  const [where, isMoment] of [
    ["compares users", (seen: Seen) => seen.pages === 6],
    ["looks for ghosts", (seen: Seen) => seen.byId === 15],
  ] as const
) {
  Deno.test(`kill -9 while a scan ${where} makes it go on where it was, and find all`, async () => {
    await using stack = new AsyncDisposableStack();
    const seen: Seen = { firstPages: 0, pages: 0, byId: 0 };
    let running: RollcallProcess | undefined;
    const killed = Promise.withResolvers<void>();
    const clerk = stack.use(
      new FakeClerk({
        users: USERS,
        secretKey: SECRET_KEY,
        rateLimit: 100_000,
        beforeAnswer: async (_clerk, url) => {
          count(seen, url);
          if (running === undefined || !isMoment(seen)) return;
          const victim = running;
          running = undefined;
          await victim.kill();
          killed.resolve();
        },
      }),
    );
    const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
    stack.defer(() => Deno.remove(dataDir, { recursive: true }));
    const options = {
      dataDir,
      database: `rollcall_test_${crypto.randomUUID().slice(0, 8)}`,
      env: {
        CLERK_API_URL: clerk.url,
        CLERK_SECRET_KEY: SECRET_KEY,
        CLERK_API_SHARE: "100",
        DRIFT_GRACE_S: "1",
      },
    };

    const first = stack.use(await startRollcall(options));
    const planted = await prepare(first, clerk);
    running = first;
    await askForScan(first);
    await killed.promise;
    const before = { ...seen };

    await using second = await startRollcall(options);
    const report = await waitForScan(second);
    assertEquals(report?.state, "done");
    const items = await second.store.drift.listOpen(1_000);
    assertEquals(new Map(items.map(({ _id, kind }) => [_id, kind])), planted);
    assertEquals([before.firstPages, seen.firstPages], [1, 1]);
    assert(seen.pages <= USERS / 500 + 6, `${seen.pages} pages were read`);
    await second.store.db.dropDatabase();
  });
}

function count(seen: Seen, { pathname, searchParams }: URL): void {
  if (pathname !== "/v1/users") return;
  if (searchParams.has("user_id")) {
    seen.byId++;
    return;
  }
  seen.pages++;
  const isFirst = !searchParams.has("starting_after") &&
    !searchParams.has("created_at_after");
  if (isFirst) seen.firstPages++;
}

async function prepare({ store }: RollcallProcess, clerk: FakeClerk) {
  await store.ensureIndexes();
  const documents = Array.from(
    { length: USERS },
    (_, rank) => toDocument(clerk.users.get(idAt(clerk, rank))),
  );
  await store.users.documents.insertMany(documents);
  return await plantDrift({ store, clerk }, PLANTED);
}

async function askForScan(rollcall: RollcallProcess): Promise<void> {
  const { origin } = rollcall;
  const answer = await fetch(`${origin}/dashboard/drift`, {
    method: "POST",
    headers: { origin, cookie: await rollcall.signIn() },
    body: new URLSearchParams(),
  });
  await answer.body?.cancel();
  assert(answer.ok, `The scan was answered ${answer.status}`);
}

async function waitForScan(
  rollcall: RollcallProcess,
): Promise<DriftReport | null> {
  await using feed = await rollcall.listen();
  const { drift } = rollcall.store;
  const { attempt } = await drift.readLatest();
  if (attempt?.state === "running") await feed.heard("scan-ended", PATIENCE_MS);
  return (await drift.readLatest()).attempt;
}
