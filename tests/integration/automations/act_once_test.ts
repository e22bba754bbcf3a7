/**
 * The promise of the ledger, tried with a process that dies between any two
 * calls, before or after either: one e-mail a person, whatever happens.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { NonRetriableError } from "inngest";
import type { Db } from "mongodb";
import { actOnce, type TaskOutcome } from "../../../functions/act_once.ts";
import { createMailer } from "../../../lib/providers/mailer.ts";
import { ProviderError } from "../../../lib/providers/provider_error.ts";
import type { Task } from "../../../lib/store/automation_ledger.ts";
import { createStore } from "../../../lib/store/store.ts";
import { createMetrics } from "../../../lib/telemetry/metrics.ts";
import { Crash, crashAt, type CrashSide } from "../../support/crashes.ts";
import { type Gate, interleave } from "../../support/interleave.ts";
import {
  type FakeResend,
  startResend,
} from "../../support/providers/start_resend.ts";
import { type CallGuard, steppedDb } from "../../support/stepped_db.ts";
import { openTestStore } from "../../support/test_store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const SEED = 20261126;

/** A world with one database, one Resend and one clock. */
class World implements AsyncDisposable {
  nowMs = Date.UTC(2026, 0, 1);
  readonly resend: FakeResend = startResend(() => this.nowMs);
  readonly db: Db;
  readonly #stack: AsyncDisposableStack;

  private constructor(db: Db, stack: AsyncDisposableStack) {
    this.db = db;
    this.#stack = stack;
    stack.use(this.resend);
  }

  static async open(): Promise<World> {
    const stack = new AsyncDisposableStack();
    const { db } = stack.use(await openTestStore());
    return new World(db, stack);
  }

  /** One attempt to write to a person; each call that it makes is guarded. */
  async attempt(task: Task, guard: CallGuard): Promise<TaskOutcome> {
    const store = createStore(
      steppedDb(this.db, guard),
      () => Promise.resolve(),
    );
    const mailer = createMailer({
      apiKey: this.resend.apiKey,
      from: "hello@acme.example",
      baseUrl: this.resend.url,
    });
    const deps = {
      store: { ...store, ensureIndexes: () => Promise.resolve() },
      clock: { now: () => new Date(this.nowMs) },
      metrics: createMetrics(),
    };
    return await actOnce(deps, task, {
      keyLifetimeMs: DAY_MS,
      act: (idempotencyKey) =>
        guard(() =>
          mailer.send({
            to: "ada@example.com",
            subject: "Hello",
            html: "<p>Hello</p>",
            text: "Hello",
            idempotencyKey,
          })
        ),
    });
  }

  async entryOf({ automation, userId }: Task) {
    const { automationLedger } = createStore(this.db, () => Promise.resolve());
    return await automationLedger.read(automation, userId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function taskFor(userId: string): Task {
  return { automation: "send-welcome-email", userId, eventId: "msg_1" };
}

const STEADY: CallGuard = (call) => call();

/** Tombstone, claim, request and settlement. */
const CALLS = 4;
const DEATHS = Array.from({ length: CALLS }, (_, at) => at).flatMap((at) =>
  (["before", "after"] as const).map((side) => ({ at, side }))
);

/** Lets an attempt for a new user die. */
async function dieOnce(
  world: World,
  at: number,
  side: CrashSide,
): Promise<{ task: Task; sent: number }> {
  const task = taskFor(`user_${at}_${side}`);
  const sent = world.resend.sent.length;
  await assertRejects(
    () => world.attempt(task, crashAt([at, side]).guard),
    Crash,
  );
  return { task, sent };
}

Deno.test("actOnce() does its task once, whichever call is the process' last", async () => {
  await using world = await World.open();
  const whole = crashAt();
  await world.attempt(taskFor("user_whole"), whole.guard);
  assertEquals(whole.calls, CALLS);
  for (const { at, side } of DEATHS) {
    const { task, sent } = await dieOnce(world, at, side);
    await world.attempt(task, STEADY);
    assertEquals(world.resend.sent.length, sent + 1, `${at} ${side}`);
    const entry = await world.entryOf(task);
    assertEquals(entry?.state, "done");
    assertEquals(entry?.provider_id, world.resend.sent.at(-1)?.id);
  }
});

Deno.test("actOnce() never does its task twice when the next try comes a day later", async () => {
  await using world = await World.open();
  for (const { at, side } of DEATHS) {
    const { task, sent } = await dieOnce(world, at, side);
    world.nowMs += DAY_MS;
    const death = `${at} ${side}`;
    // Only what was claimed and not settled may have been heard by Resend.
    const again = world.attempt(task, STEADY);
    if (["0 before", "0 after", "1 before", "3 after"].includes(death)) {
      await again;
    } else await assertRejects(() => again, NonRetriableError);
    const isUnsent = ["1 after", "2 before"].includes(death);
    assertEquals(world.resend.sent.length, isUnsent ? sent : sent + 1, death);
  }
});

Deno.test("actOnce() may try again for a long time after refusals", async () => {
  await using world = await World.open();
  const task = taskFor("user_1");
  for (let day = 0; day < 3; day++) {
    world.resend.failNext({ kind: "refuse", status: 429 });
    await assertRejects(() => world.attempt(task, STEADY), ProviderError);
    world.nowMs += DAY_MS;
  }
  await world.attempt(task, STEADY);
  assertEquals(world.resend.sent.length, 1);
});

Deno.test("actOnce() keeps an unclear request in mind when a later one is refused", async () => {
  await using world = await World.open();
  const task = taskFor("user_1");
  world.resend.failNext({ kind: "lose-answer" });
  await assertRejects(() => world.attempt(task, STEADY), ProviderError);
  world.nowMs += 20 * HOUR_MS;
  world.resend.failNext({ kind: "refuse", status: 429 });
  await assertRejects(() => world.attempt(task, STEADY), ProviderError);
  world.nowMs += 20 * HOUR_MS;
  await assertRejects(() => world.attempt(task, STEADY), NonRetriableError);
  assertEquals(world.resend.sent.length, 1);
});

/** Workers who start together, and the time until the next ones do. */
interface Round {
  readonly workers: number;
  readonly choices: readonly number[];
  readonly crashes: readonly (readonly [number, CrashSide])[];
  /** While nobody is at work: a pause between claim and request is bounded. */
  readonly pauseHours: number;
}

const rounds: fc.Arbitrary<Round[]> = fc.array(
  fc.record({
    workers: fc.integer({ min: 1, max: 3 }),
    choices: fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
    crashes: fc.uniqueArray(
      fc.tuple(fc.nat(11), fc.constantFrom<CrashSide>("before", "after")),
      { maxLength: 3, selector: ([at]) => at },
    ),
    pauseHours: fc.constantFrom(0, 1, 10, 22, 30),
  }),
  { minLength: 1, maxLength: 4 },
);

async function runRound(world: World, task: Task, round: Round): Promise<void> {
  const crashing = crashAt(...round.crashes);
  let turns = 0;
  const work = async (gate: Gate) => {
    const guard: CallGuard = async (call) => {
      using _turn = await gate();
      return await crashing.guard(call);
    };
    await world.attempt(task, guard).catch((error) => {
      const isExpected = error instanceof Crash ||
        error instanceof NonRetriableError || error instanceof ProviderError;
      if (!isExpected) throw error;
    });
  };
  await interleave(
    Array.from({ length: round.workers }, () => work),
    () => round.choices[turns++ % round.choices.length] ?? 0,
  );
}

Deno.test("actOnce() does its task at most once for workers that interleave, crash and wait", async () => {
  await using world = await World.open();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async (history) => {
      const task = taskFor(`user_${run++}`);
      const sent = world.resend.sent.length;
      for (const round of history) {
        await runRound(world, task, round);
        world.nowMs += round.pauseHours * HOUR_MS;
      }
      const tooLate = await world.attempt(task, STEADY).then(
        () => false,
        (error) => error instanceof NonRetriableError,
      );
      const count = world.resend.sent.length - sent;
      if (tooLate) assert(count <= 1);
      else assertEquals(count, 1);
    }),
    { numRuns: 300, seed: SEED },
  );
});
