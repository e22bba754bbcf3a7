/** `deno task doctor` as users run it, beside a service and without one. */
import { assertEquals, assertMatch } from "@std/assert";
import { startRollcall } from "../support/rollcall_process.ts";

const ROOT = new URL("../../", import.meta.url);

async function runDoctor(env: Readonly<Record<string, string>>) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "doctor"],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const marks = Object.fromEntries(
    lines.flatMap((line) => {
      const [, mark, name] = /^([✓✗–]) ([^:]+):/.exec(line) ?? [];
      return mark === undefined ? [] : [[name, mark]];
    }),
  );
  return { code, marks, text: lines.join("\n") };
}

Deno.test("deno task doctor finds a running service well, from the settings to the record", async () => {
  await using rollcall = await startRollcall();
  const { origin, secret, dataDir, database } = rollcall;
  const { code, marks, text } = await runDoctor({
    PORT: new URL(origin).port,
    CLERK_WEBHOOK_SIGNING_SECRET: secret,
    DATA_DIR: dataDir,
    MONGODB_DATABASE: database,
  });
  assertEquals(code, 0, text);
  const { alerts, ...rest } = marks;
  assertEquals(rest, {
    "settings": "✓",
    "service": "✓",
    "MongoDB and Inngest": "✓",
    "forged webhook": "✓",
    "signed webhook": "✓",
    "Clerk's Backend API": "–",
  });
  // Nobody is told, and in the first minute nobody has looked.
  assertEquals(alerts, "–");
});

Deno.test("deno task doctor ends with 1 and says what to do when nothing answers", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  try {
    // Port 9 is for discarding; nothing of ours ever listens there.
    const { code, text } = await runDoctor({ PORT: "9", DATA_DIR: dataDir });
    assertEquals(code, 1);
    assertMatch(text, /✗ service: nothing answers .* deno task start/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
