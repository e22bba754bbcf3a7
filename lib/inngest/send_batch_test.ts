import { assertEquals, assertRejects } from "@std/assert";
import { createSendBatch } from "./send_batch.ts";

const EVENTS = [{ id: "msg_1", name: "clerk/user.created", data: {} }];
const CONNECTION = {
  baseUrl: "http://127.0.0.1:9",
  eventKey: "key",
  signingKey: undefined,
  signingKeyFallback: undefined,
  isDev: false,
};

/** How often nobody is there, then one that takes everything. */
function openSendBatch(absences: number) {
  const asked: string[] = [];
  const taken = Promise.withResolvers<void>();
  const sendBatch = createSendBatch({
    ...CONNECTION,
    fetch: (input) => {
      asked.push(String(input));
      if (asked.length <= absences) {
        return Promise.reject(new TypeError("connection refused"));
      }
      taken.resolve();
      return Promise.resolve(Response.json({ ids: ["1"], status: 200 }));
    },
  });
  return { asked, taken: taken.promise, sendBatch };
}

Deno.test("sendBatch() outlasts one connection that had gone stale", async () => {
  const { asked, sendBatch } = openSendBatch(1);
  await sendBatch(EVENTS);
  assertEquals(asked, Array(2).fill("http://127.0.0.1:9/e/key"));
});

Deno.test("sendBatch() rejects when nobody was there twice, before the SDK gives up", async () => {
  const { asked, taken, sendBatch } = openSendBatch(2);
  await assertRejects(() => sendBatch(EVENTS), TypeError, "connection refused");
  assertEquals(asked.length, 2);
  await taken; // the SDK's third attempt; nothing is left running
});
