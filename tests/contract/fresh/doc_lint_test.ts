/**
 * The documentation of packages/fresh is complete, as far as it can be: types
 * that Fresh keeps to itself, and those of preact, are named in its signatures
 * but must not be exported under its name. `deno doc` has no way to say so.
 */
import { assertEquals } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** What Fresh 2.3.3 leaves private as well, as `deno doc --lint` finds there. */
const PRIVATE_IN_FRESH = [
  "ErrorStatus",
  "MaybeLazyMiddleware",
  "Route",
  "RouteComponent",
];
const OF_PREACT = [
  "AnyComponent",
  "ComponentChildren",
  "FunctionComponent",
  "VNode",
];

Deno.test("deno doc --lint finds nothing but types that have to stay private", async () => {
  const files = ["mod.ts", "runtime.ts", "dev.ts"];
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...files.map((name) => `packages/fresh/${name}`)],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const found = new TextDecoder().decode(stderr).match(/^error\[.*$/gm) ?? [];
  const left = new Set(
    found.map((line) =>
      /references private type '(\w+)'$/.exec(line)?.[1] ?? line
    ),
  );
  assertEquals(
    [...left].toSorted(),
    [...PRIVATE_IN_FRESH, ...OF_PREACT].toSorted(),
  );
});
