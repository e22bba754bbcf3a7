import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { EJSON } from "bson";
import fc from "fast-check";
import { askServer, type Outcome } from "./ask_server.ts";
import {
  contractUri,
  type Item,
  openTarget,
  type Target,
} from "./contract_test_case.ts";
import { RANDOM_DIFFERENCES } from "./random_differences.ts";
import { type RandomCase, randomCase } from "./random_cases.ts";

const SEED = 20261126;
const CASES = 2000;
const LANES = 8;
const INDEXED_CASES = 500;
/** More would mean that the table of differences hides what it should not. */
const MAX_KNOWN = CASES / 10;

const isMissing = contractUri === undefined;
const note = isMissing ? " (MONGODB_URI is missing)" : "";

Deno.test({
  name: `2,000 random cases have one answer on both servers${note}`,
  ignore: isMissing,
  fn: async () => {
    await using embedded = await openTarget();
    await using other = await openTarget(contractUri);
    let known = 0;
    await inLanes(fc.sample(randomCase, { seed: SEED, numRuns: CASES }), async (
      asked,
      lane,
    ) => {
      const [ours, theirs] = await askBoth(embedded, other, { asked, lane });
      const isKnown = other.isSecantus && !isSame(ours, theirs) &&
        RANDOM_DIFFERENCES.some(({ explains }) =>
          explains(asked, ours, theirs)
        );
      if (isKnown) known++;
      else assertEquals(ours, theirs, EJSON.stringify(asked));
    });
    assert(known <= MAX_KNOWN, `${known} cases are known differences`);
  },
});

for (const { title, explains, example } of RANDOM_DIFFERENCES) {
  Deno.test({
    name: `SecantusDB differs: ${title}${note}`,
    ignore: isMissing,
    fn: async () => {
      await using embedded = await openTarget();
      await using other = await openTarget(contractUri);
      if (!other.isSecantus) return;
      const [ours, theirs] = await askBoth(embedded, other, {
        asked: example,
        lane: 0,
      });
      assertNotEquals(ours, theirs, "the table is out of date");
      assert(explains(example, ours, theirs));
    },
  });
}

Deno.test("random cases have one answer with indexes and without", async () => {
  await using embedded = await openTarget();
  const db = embedded.client.db("random");
  for (let lane = 0; lane < LANES; lane++) {
    await db.collection(`indexed${lane}`).createIndexes([
      { key: { a: 1 } },
      { key: { b: -1, _id: 1 } },
      { key: { "a.x": 1 }, sparse: true },
      { key: { c: 1 }, partialFilterExpression: { c: { $gt: 0 } } },
    ]);
  }
  await inLanes(
    fc.sample(randomCase, { seed: SEED, numRuns: INDEXED_CASES }),
    async (
      sampled,
      lane,
    ) => {
      // Which one of several an update meets first is up to the index.
      const asked = { ...sampled, isMulti: true };
      const plain = await askServer(db.collection<Item>(`plain${lane}`), asked);
      const indexed = await askServer(
        db.collection<Item>(`indexed${lane}`),
        asked,
      );
      assertEquals(indexed, plain, EJSON.stringify(asked));
    },
  );
});

/** Runs a few cases at once, each lane on collections of its own. */
async function inLanes(
  cases: readonly RandomCase[],
  run: (asked: RandomCase, lane: number) => Promise<void>,
): Promise<void> {
  const rest = cases.values();
  await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
    for (const asked of rest) await run(asked, lane);
  }));
}

function isSame(left: Outcome, right: Outcome): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

async function askBoth(
  embedded: Target,
  other: Target,
  { asked, lane }: { readonly asked: RandomCase; readonly lane: number },
): Promise<[Outcome, Outcome]> {
  const name = `random_${Deno.pid}_${lane}`;
  return await Promise.all(
    [embedded, other].map(({ client }) =>
      askServer(client.db("random").collection<Item>(name), asked)
    ),
  ) as [Outcome, Outcome];
}
