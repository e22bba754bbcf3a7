import { assertEquals, assertRejects } from "@std/assert";
import { createGatherer } from "./gather.ts";

/** A gatherer whose batches are answered by hand. */
function makeGatherer(maxBatch = 10) {
  const batches: {
    readonly requests: readonly string[];
    readonly answer: PromiseWithResolvers<readonly (string | Error)[]>;
  }[] = [];
  const ask = createGatherer<string, string>({
    serve(requests) {
      const answer = Promise.withResolvers<readonly (string | Error)[]>();
      batches.push({ requests, answer });
      return answer.promise;
    },
    keyOf: (request) => request.slice(0, 1),
    maxBatch,
  });
  return { ask, batches };
}

/** Lets everything that is due by now happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("createGatherer() serves together what is asked for in one turn", async () => {
  const { ask, batches } = makeGatherer();
  const answers = Promise.all([ask("a"), ask("b")]);
  await turn();
  batches[0]?.answer.resolve(["A", "B"]);
  assertEquals(await answers, ["A", "B"]);
  assertEquals(batches.map(({ requests }) => requests), [["a", "b"]]);
});

Deno.test("createGatherer() lets what comes during a batch wait for the next", async () => {
  const { ask, batches } = makeGatherer();
  const first = ask("a");
  await turn();
  const others = Promise.all([ask("b"), ask("c")]);
  await turn();
  assertEquals(batches.length, 1);
  batches[0]?.answer.resolve(["A"]);
  await first;
  await turn();
  batches[1]?.answer.resolve(["B", "C"]);
  assertEquals(await others, ["B", "C"]);
});

Deno.test("createGatherer() serves one key's requests one after another", async () => {
  const { ask, batches } = makeGatherer();
  const answers = Promise.all([ask("a1"), ask("a2"), ask("b")]);
  await turn();
  assertEquals(batches[0]?.requests, ["a1", "b"]);
  batches[0]?.answer.resolve(["A1", "B"]);
  await turn();
  assertEquals(batches[1]?.requests, ["a2"]);
  batches[1]?.answer.resolve(["A2"]);
  assertEquals(await answers, ["A1", "A2", "B"]);
});

Deno.test("createGatherer() makes no batch larger than its bound", async () => {
  const { ask, batches } = makeGatherer(2);
  const answers = Promise.all([ask("a"), ask("b"), ask("c")]);
  await turn();
  assertEquals(batches[0]?.requests.length, 2);
  batches[0]?.answer.resolve(["A", "B"]);
  await turn();
  batches[1]?.answer.resolve(["C"]);
  assertEquals(await answers, ["A", "B", "C"]);
});

Deno.test("createGatherer() fails one request alone, or all of a batch, and goes on", async () => {
  const { ask, batches } = makeGatherer();
  const [good, bad] = [ask("a"), ask("b")];
  await turn();
  batches[0]?.answer.resolve(["A", new RangeError("b")]);
  assertEquals(await good, "A");
  await assertRejects(() => bad, RangeError);
  const both = [ask("a"), ask("b")];
  await turn();
  batches[1]?.answer.reject(new Error("down"));
  for (const failed of both) await assertRejects(() => failed, Error, "down");
  const last = ask("a");
  await turn();
  batches[2]?.answer.resolve(["A"]);
  assertEquals(await last, "A");
});
