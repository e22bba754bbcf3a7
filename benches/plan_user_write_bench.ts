/**
 * What planUserWrite() costs, in µs a plan, on the user payloads of the fixtures:
 * `deno run --allow-read --allow-env benches/plan_user_write_bench.ts`.
 *
 * Three cases: a new user, an update that changes one field, and an update that
 * changes nothing but the version. Parsing and the database are left out. The
 * median of several rounds is printed; the goal is at most 20 µs.
 */
import { type ClerkUser, clerkUser } from "../lib/events.ts";
import type { UserDocument } from "../lib/sync/user_document.ts";
import { type Incoming, planUserWrite } from "../lib/sync/write_plan.ts";
import { CLERK_PAYLOADS, dataOf } from "../tests/support/clerk_payloads.ts";

const ROUNDS = 15;
const PLANS_PER_ROUND = 20_000;
const GOAL_US = 20;

/** One question that is asked over and over. */
interface Case {
  readonly user: ClerkUser;
  readonly stored: UserDocument | undefined;
}

const users = CLERK_PAYLOADS.filter(({ expect }) => expect !== undefined)
  .map((payload) => clerkUser.parse(dataOf(payload)));
const now = new Date();

const cases: Readonly<Record<string, readonly Case[]>> = {
  "insert": users.map((user) => ({ user, stored: undefined })),
  "update, one change": users.map((user) => ({
    user: { ...user, banned: user.banned !== true },
    stored: insertedDocument(user),
  })),
  "update, version only": users.map((user) => ({
    user,
    stored: insertedDocument(user),
  })),
};

for (const [name, questions] of Object.entries(cases)) {
  const medianUs = measure(questions);
  const verdict = medianUs <= GOAL_US ? "within" : "over";
  // deno-lint-ignore no-console -- a bench prints its numbers
  console.log(
    `${name.padEnd(22)} ${medianUs.toFixed(2)} µs  ${verdict} ${GOAL_US} µs`,
  );
}

function measure(questions: readonly Case[]): number {
  const later = incomingAt(Number.MAX_SAFE_INTEGER);
  const roundsUs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let plans = 0;
    const startedMs = performance.now();
    while (plans < PLANS_PER_ROUND) {
      for (const { user, stored } of questions) {
        planUserWrite(user, later, { stored, isTombstoned: false });
        plans++;
      }
    }
    roundsUs.push((performance.now() - startedMs) * 1000 / plans);
  }
  return roundsUs.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
}

function insertedDocument(user: ClerkUser): UserDocument {
  const plan = planUserWrite(user, incomingAt(0), {
    stored: undefined,
    isTombstoned: false,
  });
  if (plan.kind !== "insert") throw new Error(`Cannot insert: ${plan.kind}`);
  return plan.document;
}

function incomingAt(updatedAtMs: number): Incoming {
  const version = { updatedAtMs, eventAt: now, eventId: "msg_bench" };
  return { version, source: "webhook", now };
}
