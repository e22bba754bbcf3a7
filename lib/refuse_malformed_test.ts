import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { answerThrown, refuseMalformed } from "./refuse_malformed.ts";

const handler = refuseMalformed(() => new Response("passed"));

/** The status of a path; the connection is of no interest. */
async function statusOf(path: string): Promise<number> {
  const request = new Request(`http://localhost${path}`);
  const response = await handler(request, {} as Deno.ServeHandlerInfo);
  return response.status;
}

Deno.test("refuseMalformed() answers 400 to a path that cannot be decoded", async () => {
  for (const path of ["/users/%E0%A4%A", "/%zz", "/a%"]) {
    assertEquals(await statusOf(path), 400, path);
  }
});

Deno.test("refuseMalformed() answers 400 to an address that is no URL", async () => {
  // What Deno makes of a Host header; Request's own constructor refuses them.
  for (const url of ["http://[::1/", "http://a b/", "http://%zz/"]) {
    const request = { url, method: "GET" } as Request;
    const response = await handler(request, {} as Deno.ServeHandlerInfo);
    assertEquals(response.status, 400, url);
  }
});

Deno.test("refuseMalformed() passes paths that can, and any query", async () => {
  for (const path of ["/", "/users/%2F%25", "/%E2%82%AC", "/a?b=%zz"]) {
    assertEquals(await statusOf(path), 200, path);
  }
});

Deno.test("refuseMalformed() answers 405 with Allow to a method that no route has", async () => {
  const request = new Request("http://localhost/", { method: "PROPFIND" });
  const response = await handler(request, {} as Deno.ServeHandlerInfo);
  assertEquals(response.status, 405);
  assertEquals(
    response.headers.get("allow"),
    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  );
});

Deno.test("answerThrown() answers 400 to what reading an address throws", () => {
  for (const read of [() => decodeURI("/%zz"), () => new URL("http://[::1/")]) {
    const error = assertThrows(read);
    assertEquals(answerThrown(error).status, 400, String(error));
  }
});

Deno.test("answerThrown() throws any other error again", () => {
  const error = new TypeError("other");
  assertStrictEquals(assertThrows(() => answerThrown(error)), error);
});
