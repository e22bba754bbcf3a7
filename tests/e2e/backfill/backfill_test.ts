/** `deno task backfill` in processes of its own, on both roads, stopped and killed. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { openStoreBeside } from "../../../lib/parts/mongo_part.ts";
import { readConfig } from "../../../lib/config.ts";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { startBackfill } from "../../support/backfill_process.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { PAGE_SIZE, serveClerk, USERS } from "./watched_clerk.ts";

/** Settings of an import without a service, on a data folder of its own. */
async function makeOwnSettings(stack: AsyncDisposableStack) {
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  return { DATA_DIR: dataDir, MONGODB_URI: "", PORT: "0" };
}

/** What an import left in the embedded database. */
async function readLeft(
  env: Readonly<Record<string, string>>,
): Promise<{ users: number; job: JobDocument | null }> {
  await using beside = await openStoreBeside(readConfig(env));
  return {
    users: await beside.store.users.documents.countDocuments(),
    job: await beside.store.jobs.readLatest("backfill"),
  };
}

/** The settings of a tool beside a service. */
function settingsBeside(
  { dataDir, database }: RollcallProcess,
): Record<string, string> {
  return { DATA_DIR: dataDir, MONGODB_DATABASE: database };
}

Deno.test("deno task backfill imports everybody when no service runs", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const env = { ...await makeOwnSettings(stack), ...clerk.env };
  const { code, stdout, stderr } = await startBackfill(env).ended;
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^Importing users from Clerk/);
  assertMatch(stdout, /Done: 1,200 of 1,200 users.*: 1,200 added\n$/);
  const { users, job } = await readLeft(env);
  assertEquals([users, job?.state], [USERS, "done"]);
});

Deno.test("deno task backfill imports into a MongoDB elsewhere, without a service", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const elsewhere = stack.use(await startMongo({ path: ":memory:", port: 0 }));
  const own = await makeOwnSettings(stack);
  const env = { ...own, ...clerk.env, MONGODB_URI: elsewhere.uri };
  const { code, stdout, stderr } = await startBackfill(env).ended;
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /1,200 of 1,200 users.*: 1,200 added\n$/);
  const { users, job } = await readLeft(env);
  assertEquals([users, job?.state], [USERS, "done"]);
});

Deno.test("deno task backfill pauses at Ctrl+C, and --resume goes on", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const env = { ...await makeOwnSettings(stack), ...clerk.env };
  const first = stack.use(startBackfill(env));
  clerk.onPage = async (pagesBefore) => {
    if (pagesBefore !== 1) return;
    first.kill("SIGINT");
    await first.ended;
  };
  const paused = await first.ended;
  assertEquals(paused.code, 3);
  assertMatch(paused.stdout, /Paused at 500 of 1,200 users/);
  assertMatch(paused.stdout, /deno task backfill --resume {3}goes on with it/);

  const again = await startBackfill(env).ended;
  assertEquals(again.code, 1);
  assertMatch(again.stderr, /An import is paused already, at 500 of 1,200/);

  clerk.onPage = () => {};
  const resumed = await startBackfill(env, "--resume").ended;
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  assertMatch(resumed.stdout, /1,200 of 1,200 users.*: 1,200 added/);
  assertEquals((await readLeft(env)).users, USERS);
});

Deno.test("deno task backfill --resume goes on after kill -9, behind the last page", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const env = { ...await makeOwnSettings(stack), ...clerk.env };
  const first = stack.use(startBackfill(env));
  clerk.onPage = async (pagesBefore) => {
    if (pagesBefore !== 1) return;
    first.kill("SIGKILL");
    await first.ended;
  };
  await first.ended;
  assertEquals((await readLeft(env)).job?.state, "running");

  clerk.onPage = () => {};
  const pagesBefore = clerk.pages();
  const { code } = await startBackfill(env, "--resume").ended;
  assertEquals(code, 0);
  const { users, job } = await readLeft(env);
  assertEquals([users, job?.done, job?.state], [USERS, USERS, "done"]);
  // The second page, the third, and a look for users behind it.
  assert(clerk.pages() - pagesBefore <= 4);
});

Deno.test("deno task backfill --cancel ends an import for good", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const env = { ...await makeOwnSettings(stack), ...clerk.env };
  const first = stack.use(startBackfill(env));
  const cancelling = Promise.withResolvers<
    Awaited<typeof first.ended>
  >();
  clerk.onPage = async (pagesBefore) => {
    if (pagesBefore !== 1) return;
    cancelling.resolve(await startBackfill(env, "--cancel").ended);
  };
  const cancelled = await cancelling.promise;
  assertEquals(cancelled.code, 0);
  assertMatch(cancelled.stdout, /Cancelled at 500 of 1,200 users/);
  assertEquals((await first.ended).code, 3);
  const resumed = await startBackfill(env, "--resume").ended;
  assertEquals(resumed.code, 1);
  assertMatch(resumed.stderr, /the last one is cancelled/);
});

Deno.test("deno task backfill says what to do without a key, and for an argument that it does not know", async () => {
  await using stack = new AsyncDisposableStack();
  const env = {
    ...await makeOwnSettings(stack),
    CLERK_SECRET_KEY: "",
  };
  const noKey = await startBackfill(env).ended;
  assertEquals(noKey.code, 1);
  assertMatch(noKey.stderr, /CLERK_SECRET_KEY is not set. Copy it from/);
  const unknown = await startBackfill(env, "--force").ended;
  assertEquals(unknown.code, 2);
  assertMatch(unknown.stderr, /^Unknown argument --force/);
  const help = await startBackfill(env, "--help").ended;
  assertEquals([help.code, help.stderr], [0, ""]);
  assertMatch(help.stdout, /--resume/);
});

Deno.test("deno task backfill says that Clerk refuses the key, and tries again once it is right", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const env = { ...await makeOwnSettings(stack), ...clerk.env };
  const wrong = { ...env, CLERK_SECRET_KEY: "sk_live_revoked_instance" };
  const refused = await startBackfill(wrong).ended;
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /^The import failed at 0 users\n.* 401 .*KEY is/);
  assertMatch(refused.stderr, /--resume {3}tries again where it stopped/);
  const cancelled = await startBackfill(env, "--cancel").ended;
  assertEquals(cancelled.code, 1);
  const resumed = await startBackfill(env, "--resume").ended;
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  assertEquals((await readLeft(env)).users, USERS);
});

Deno.test("deno task backfill says that the database does not answer, before it begins", async () => {
  await using stack = new AsyncDisposableStack();
  const own = await makeOwnSettings(stack);
  const settings = {
    CLERK_SECRET_KEY: "sk_test_x",
    MONGODB_URI: "mongodb://127.0.0.1:1",
  };
  const { code, stdout, stderr } = await startBackfill({ ...own, ...settings })
    .ended;
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^The database does not answer: connect ECONNREFUSED 127.0.0.1:1\n$/,
  );
});

Deno.test("deno task backfill asks a running service, and follows it", async () => {
  await using clerk = serveClerk();
  await using rollcall = await startRollcall({ env: clerk.env });
  const env = { ...settingsBeside(rollcall), ...clerk.env };
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  clerk.onPage = async (pagesBefore) => {
    if (pagesBefore !== 1) return;
    reached.resolve();
    await held.promise;
  };
  await using first = startBackfill(env);
  await reached.promise;
  const second = await startBackfill(env).ended;
  assertEquals(second.code, 1);
  assertMatch(second.stderr, /An import is running already, at 500 of 1,200/);
  held.resolve();
  const { code, stdout, stderr } = await first.ended;
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^The running service imports users from Clerk/);
  assertMatch(stdout, /Done: 1,200 of 1,200 users/);
  assertEquals(await rollcall.store.users.documents.countDocuments(), USERS);
  await rollcall.store.db.dropDatabase();
});

Deno.test("an import of the service goes on by itself after kill -9", async () => {
  await using stack = new AsyncDisposableStack();
  await using clerk = serveClerk();
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  const database = `rollcall_test_${crypto.randomUUID().slice(0, 8)}`;
  const where = { dataDir, database, env: clerk.env };
  const killed = await startRollcall(where);
  stack.use(killed);
  const env = { ...settingsBeside(killed), ...clerk.env };
  const reached = Promise.withResolvers<void>();
  const listening = Promise.withResolvers<void>();
  clerk.onPage = async (pagesBefore) => {
    if (pagesBefore < 1) return;
    await killed.kill();
    reached.resolve();
    await listening.promise;
  };
  const watching = stack.use(startBackfill(env));
  await reached.promise;
  const { code, stderr } = await watching.ended;
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /goes on when it starts again\n.*--resume goes on with it/,
  );

  const restarted = stack.use(await startRollcall(where));
  const feed = stack.use(await restarted.listen());
  const begun = await restarted.store.jobs.readLatest("backfill");
  assertEquals([begun?.state, begun?.done], ["running", PAGE_SIZE]);
  listening.resolve();
  await feed.jobsDone([begun?._id ?? ""]);
  const job = await restarted.store.jobs.readLatest("backfill");
  assertEquals([job?.state, job?.done], ["done", USERS]);
  assertEquals(await restarted.store.users.documents.countDocuments(), USERS);
  await restarted.store.db.dropDatabase();
});
