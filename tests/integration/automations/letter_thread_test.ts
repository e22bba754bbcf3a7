/** The functions run on a thread of their own, which the letters must not take. */
import { assertEquals } from "@std/assert";

Deno.test("the letters leave the messages of their thread alone, though Prism is among their parts", async () => {
  const thread = new Worker(new URL("letter_thread.ts", import.meta.url), {
    type: "module",
  });
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      thread.onmessage = (event) => resolve(event.data);
      thread.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
  assertEquals(await next(), "ready");
  // Prism would parse the first as JSON and fail, and end the thread on the second.
  for (
    const message of [
      { kind: "event-settled" },
      JSON.stringify({ language: "none", code: "", immediateClose: true }),
      "still here",
    ]
  ) {
    const answer = next();
    thread.postMessage(message);
    assertEquals(await answer, message);
  }
  thread.terminate();
});
