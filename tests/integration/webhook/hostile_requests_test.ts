/** Requests to the webhook route that are odd in all but their body. */
import { assert, assertEquals } from "@std/assert";
import { signedHeaders } from "../../../lib/clerk/signed_headers.ts";
import { statusOf } from "../../support/status_of.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";

/** An event that is recorded, and nothing else. */
const BODY = `{"type":"session.created","data":{"id":"sess_1"}}`;

/** What the signature's headers may say, given those of a good request. */
type Headed = (good: Record<string, string>) => Record<string, string>;

const signature = (good: Record<string, string>) => good["svix-signature"]!;
const WRONG = `v1,${btoa("w".repeat(32))}`;

const HEADERS: readonly (readonly [name: string, headed: Headed, number])[] = [
  ["as they should be", (good) => good, 202],
  [
    "the right signature after four others",
    (good) => ({
      ...good,
      "svix-signature": `${WRONG} v1,AAAA v1a,${WRONG} v2,x ${signature(good)}`,
    }),
    202,
  ],
  [
    "five wrong signatures",
    (good) => ({ ...good, "svix-signature": Array(5).fill(WRONG).join(" ") }),
    400,
  ],
  [
    "a signature of another version",
    (good) => ({
      ...good,
      "svix-signature": signature(good).replace("v1,", "v2,"),
    }),
    400,
  ],
  [
    "a signature cut short",
    (good) => ({ ...good, "svix-signature": signature(good).slice(0, -4) }),
    400,
  ],
  ["an empty signature", (good) => ({ ...good, "svix-signature": "" }), 400],
  ["an empty id", (good) => ({ ...good, "svix-id": "" }), 400],
  ["another id", (good) => ({ ...good, "svix-id": "msg_other" }), 400],
  [
    "another time",
    (good) => ({
      ...good,
      "svix-timestamp": String(Date.now() / 1000 - 9 | 0),
    }),
    400,
  ],
  [
    "a time that is no number",
    (good) => ({ ...good, "svix-timestamp": "now" }),
    400,
  ],
  [
    "a time out of range",
    (good) => ({ ...good, "svix-timestamp": "1e400" }),
    400,
  ],
  [
    "a content type of a form",
    (good) => ({
      ...good,
      "content-type": "application/x-www-form-urlencoded",
    }),
    202,
  ],
  [
    "a content type of nonsense",
    (good) => ({ ...good, "content-type": ";;;" }),
    202,
  ],
  [
    "a content encoding that it has not",
    (good) => ({ ...good, "content-encoding": "gzip" }),
    202,
  ],
  [
    "one name of each kind",
    ({ "svix-signature": sign = "", ...good }) => ({
      ...good,
      "Webhook-Signature": sign,
    }),
    202,
  ],
  [
    "both kinds of names, the unbranded ones forged",
    (good) => ({ ...good, "webhook-id": "x", "webhook-signature": WRONG }),
    202,
  ],
];

Deno.test("the webhook route reads hostile headers as documented", async (t) => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  const url = `${rollcall.origin}/api/webhooks/clerk`;
  for (const [index, [name, headed, status]] of HEADERS.entries()) {
    await t.step(`${name}: ${status}`, async () => {
      const { secret } = rollcall;
      const id = `msg_${index}`;
      const at = new Date();
      const headers = headed(signedHeaders(BODY, { id, secret, at }));
      const answer = fetch(url, { method: "POST", headers, body: BODY });
      assertEquals(await statusOf(answer), status);
      if (status === 202) await feed.recorded([id]);
    });
  }
});

const AGES: readonly (readonly [name: string, offsetS: number, number])[] = [
  ["4 minutes 50 seconds old", -290, 202],
  ["5 minutes 10 seconds old", -310, 400],
  ["4 minutes 50 seconds ahead", 290, 202],
  ["5 minutes 10 seconds ahead", 310, 400],
];

Deno.test("the webhook route takes a signature for five minutes, before and after", async (t) => {
  await using rollcall = await startRollcall();
  for (const [name, offsetS, status] of AGES) {
    await t.step(`${name}: ${status}`, async () => {
      const at = new Date(Date.now() + offsetS * 1000);
      const answer = rollcall.send(BODY, { id: `msg_${offsetS}`, at });
      assertEquals(await statusOf(answer), status);
    });
  }
});

/** Sends a request as it is, and reads the first line of the answer. */
async function sendRaw(
  { origin }: RollcallProcess,
  ...lines: readonly string[]
): Promise<string> {
  const port = Number(new URL(origin).port);
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = ["POST /api/webhooks/clerk HTTP/1.1", "Host: x", ...lines];
  await socket.write(new TextEncoder().encode(request.join("\r\n")));
  const buffer = new Uint8Array(4096);
  const size = await socket.read(buffer) ?? 0;
  return new TextDecoder().decode(buffer.subarray(0, size)).split("\r\n")[0]!;
}

Deno.test("the webhook route answers what is hardly HTTP, and goes on", async (t) => {
  await using rollcall = await startRollcall();
  const good = signedHeaders(BODY, {
    id: "msg_raw",
    secret: rollcall.secret,
    at: new Date(),
  });
  const headers = Object.entries(good).map(([name, value]) =>
    `${name}: ${value}`
  );
  const whole = [`Content-Length: ${BODY.length}`, ...headers];
  const cases: [string, string[], RegExp][] = [
    [
      "a GiB declared, nothing sent",
      ["Content-Length: 1073741824", "", ""],
      / 413 /,
    ],
    ["a length that is no number", ["Content-Length: abc", "", ""], / 400 /],
    ["a length below nothing", ["Content-Length: -1", "", ""], / 400 /],
    [
      "two lengths",
      ["Content-Length: 2", "Content-Length: 3", "", "{}"],
      / 400 /,
    ],
    ["an id twice", [...whole, "svix-id: msg_raw", "", BODY], / 400 /],
    ["a second, wrong signature", [
      ...whole,
      `svix-signature: ${WRONG}`,
      "",
      BODY,
    ], / 202 /],
  ];
  for (const [name, lines, answer] of cases) {
    await t.step(name, async () => {
      assert(answer.test(await sendRaw(rollcall, ...lines)));
    });
  }
  await t.step("and a good request after all of them", async () => {
    assertEquals(await statusOf(rollcall.send(BODY, { id: "msg_good" })), 202);
  });
});

Deno.test("the webhook route answers every method but POST with 405 and Allow", async (t) => {
  await using rollcall = await startRollcall();
  const url = `${rollcall.origin}/api/webhooks/clerk`;
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]) {
    await t.step(method, async () => {
      const response = await fetch(url, { method });
      await response.body?.cancel();
      assertEquals(response.status, 405);
      assertEquals(response.headers.get("allow"), "POST");
    });
  }
});
