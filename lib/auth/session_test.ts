import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { serializeSigned } from "hono/utils/cookie";
import {
  endSession,
  readSession,
  type Session,
  startSession,
} from "./session.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const NOW = new Date("2026-06-01T00:00:00Z");
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;
const ADMIN = { name: "admin", role: "operator" } as const;

function start(who: Parameters<typeof startSession>[0] = ADMIN) {
  return startSession(who, { secret: SECRET, now: NOW, isSecure: true });
}

/** The Cookie header that a browser makes of a Set-Cookie header. */
function toCookie(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

function read(
  cookie: string,
  options: { secret?: string; atMs?: number; viewers?: string[] } = {},
): Promise<Session | null> {
  const { secret = SECRET, atMs = NOW.getTime(), viewers = [] } = options;
  const headers = new Headers({ cookie });
  const team = { operators: [], viewers };
  return readSession(headers, { secret, now: new Date(atMs), team });
}

/** A cookie of our name, validly signed, with any content. */
async function signed(text: string): Promise<string> {
  return toCookie(await serializeSigned("rollcall_session", text, SECRET));
}

Deno.test("readSession() reads back who was signed in", async () => {
  const session = await read(toCookie(await start()));
  assertMatch(session?.id ?? "", /^[0-9a-f-]{36}$/);
  assertEquals(session, {
    id: session?.id ?? "",
    ...ADMIN,
    expiresAt: new Date(NOW.getTime() + HALF_A_DAY_MS),
  });
});

for (const name of ["Zoë Lin", "林 🦊", "a; Path=/", ""]) {
  Deno.test(`readSession() reads back the name ${JSON.stringify(name)}`, async () => {
    const cookie = toCookie(await start({ name, role: "viewer" }));
    const session = await read(cookie, { viewers: [name] });
    assertEquals([session?.name, session?.role], [name, "viewer"]);
  });
}

Deno.test("readSession() finds nobody in whoever has left the lists", async () => {
  const cookie = toCookie(
    await start({ name: "grace@example.com", role: "operator" }),
  );
  assertEquals(await read(cookie), null);
  const session = await read(cookie, { viewers: ["grace@example.com"] });
  assertEquals(session?.role, "viewer", "an operator who became a viewer");
});

Deno.test("readSession() finds its cookie among others", async () => {
  const own = toCookie(await start());
  assertEquals((await read(`a=1; ${own}; b=2`))?.name, "admin");
});

Deno.test("readSession() takes a session until it expires, and not after", async () => {
  const cookie = toCookie(await start());
  const expiresMs = NOW.getTime() + HALF_A_DAY_MS;
  assert(await read(cookie, { atMs: expiresMs - 1 }));
  assertEquals(await read(cookie, { atMs: expiresMs }), null);
});

Deno.test("readSession() finds nobody without a cookie", async () => {
  const options = {
    secret: SECRET,
    now: NOW,
    team: { operators: [], viewers: [] },
  };
  assertEquals(await readSession(new Headers(), options), null);
});

Deno.test("readSession() refuses a cookie that another secret signed", async () => {
  const cookie = toCookie(await start());
  assertEquals(await read(cookie, { secret: `${SECRET}x` }), null);
});

Deno.test("readSession() refuses a cookie with any one character changed", async () => {
  const cookie = toCookie(await start());
  for (let i = "rollcall_session=".length; i < cookie.length; i++) {
    // B would be A in the last place of the signature, where two bits are spare.
    const other = cookie[i] === "A" ? "Q" : "A";
    const tampered = cookie.slice(0, i) + other + cookie.slice(i + 1);
    assertEquals(await read(tampered), null, `at ${i}`);
  }
});

for (
  const cookie of [
    "",
    ";;;",
    "other=1",
    "rollcall_session",
    "rollcall_session=",
    "rollcall_session=.",
    "rollcall_session=%",
    "rollcall_session=%E0%A4%A",
    `rollcall_session=x.${"A".repeat(43)}=`,
    `rollcall_session=x.${"!".repeat(43)}=`,
  ]
) {
  Deno.test(`readSession() finds nobody in ${JSON.stringify(cookie)}`, async () => {
    assertEquals(await read(cookie), null);
  });
}

for (
  const text of [
    "",
    "not JSON",
    "{",
    "null",
    "[]",
    "{}",
    '{"name":"admin","role":"operator","exp":99999999999}',
    '{"id":"1","name":"admin","role":"root","exp":99999999999}',
    '{"id":"1","name":"admin","role":"operator"}',
    '{"id":"1","name":"admin","role":"operator","exp":"never"}',
    '{"id":"1","name":"admin","role":"operator","exp":1e300}',
    btoa('{"id":"1","name":"admin","role":"operator","exp":99999999999}'),
  ]
) {
  Deno.test(`readSession() finds nobody in a signed ${text}`, async () => {
    assertEquals(await read(await signed(text)), null);
  });
}

Deno.test("startSession() gives each session an id of its own", async () => {
  const [one, other] = [await start(), await start()].map(toCookie);
  assertNotEquals((await read(one ?? ""))?.id, (await read(other ?? ""))?.id);
});

Deno.test("startSession() keeps the cookie from scripts and other sites", async () => {
  const setCookie = await start();
  for (const part of ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]) {
    assert(setCookie.includes(part), part);
  }
  assertMatch(setCookie, /Max-Age=43200/);
});

Deno.test("startSession() leaves Secure out where there is no https", async () => {
  const options = { secret: SECRET, now: NOW, isSecure: false };
  assertFalse((await startSession(ADMIN, options)).includes("Secure"));
});

Deno.test("endSession() makes the browser forget the same cookie", async () => {
  const name = (setCookie: string) => setCookie.split("=")[0];
  assertEquals(name(endSession()), name(await start()));
  assertMatch(endSession(), /Max-Age=0/);
  assertMatch(endSession(), /Path=\//);
  assertEquals(await read(toCookie(endSession())), null);
});
