import { assertEquals } from "@std/assert";
import { readBody } from "./read_body.ts";

const MAX_BYTES = 10;

/** A request without content-length, as chunked transfer brings it. */
function chunked(...chunks: (string | Uint8Array<ArrayBuffer>)[]): Request {
  const encoder = new TextEncoder();
  return post(ReadableStream.from(
    chunks.map((chunk) =>
      typeof chunk === "string" ? encoder.encode(chunk) : chunk
    ),
  ));
}

function declared(body: string, length = byteLength(body)): Request {
  return post(body, { "content-length": String(length) });
}

function post(body: BodyInit, headers: HeadersInit = {}): Request {
  return new Request("http://localhost/", { method: "POST", body, headers });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

const TEXTS: readonly [name: string, request: () => Request, text: string][] = [
  [
    "a declared body of just the limit",
    () => declared("0123456789"),
    "0123456789",
  ],
  [
    "a chunked body of just the limit",
    () => chunked("01234", "56789"),
    "0123456789",
  ],
  ["a declared empty body", () => declared(""), ""],
  ["a chunked empty body", () => chunked(), ""],
  ["no body", () => new Request("http://localhost/", { method: "POST" }), ""],
  [
    "a declared byte-order mark as it is",
    () => declared("\ufeff{}"),
    "\ufeff{}",
  ],
  ["a chunked byte-order mark as it is", () => chunked("\ufeff{}"), "\ufeff{}"],
  [
    "a character that two chunks share",
    () => chunked(new Uint8Array([0xc3]), new Uint8Array([0xab])),
    "ë",
  ],
  [
    "bytes that are not UTF-8 as replacement characters",
    () => chunked(new Uint8Array([0xff, 0x41])),
    "\ufffdA",
  ],
];

for (const [name, request, text] of TEXTS) {
  Deno.test(`readBody() reads ${name}`, async () => {
    assertEquals(await readBody(request(), MAX_BYTES), { kind: "text", text });
  });
}

const TOO_LARGE: readonly [name: string, request: () => Request][] = [
  ["a declared body of one byte more", () => declared("0123456789a")],
  ["a chunked body of one byte more", () => chunked("0123456789", "a")],
  ["bytes, not characters", () => chunked("ëëëëëë")],
  ["what is declared, before reading it", () => declared("", 11)],
  ["what comes, not what is declared", () => declared("0123456789a", 1)],
  [
    "a length that is no number",
    () => post("0123456789a", { "content-length": "x" }),
  ],
];

for (const [name, request] of TOO_LARGE) {
  Deno.test(`readBody() measures ${name}`, async () => {
    assertEquals(await readBody(request(), MAX_BYTES), { kind: "too-large" });
  });
}

Deno.test("readBody() stops reading at the limit", async () => {
  let pulled = 0;
  let isCancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(4));
    },
    cancel() {
      isCancelled = true;
    },
  });
  assertEquals(await readBody(post(endless), MAX_BYTES), { kind: "too-large" });
  assertEquals(isCancelled, true);
  assertEquals(pulled <= 5, true);
});
