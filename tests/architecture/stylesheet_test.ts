/** There is one stylesheet, short enough to be read at once. */
import { assert, assertEquals } from "@std/assert";

const STATIC = new URL("../../static/", import.meta.url);
const MAX_LINES = 800;

Deno.test("static/styles.css is the only stylesheet and under 800 lines", async () => {
  const files = await Array.fromAsync(Deno.readDir(STATIC));
  const names = files.map(({ name }) => name);
  assertEquals(names.filter((name) => name.endsWith(".css")), ["styles.css"]);
  const text = await Deno.readTextFile(new URL("styles.css", STATIC));
  const lines = text.trimEnd().split("\n").length;
  assert(lines < MAX_LINES, `${lines} lines`);
  assert(!text.includes("@import"));
});
