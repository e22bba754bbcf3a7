import { assertEquals } from "@std/assert";
import { parseArguments } from "./parse_arguments.ts";

Deno.test("parseArguments() knows each wish, and nothing else", () => {
  const kinds = [[], ["--resume"], ["--cancel"], ["--help"], ["-h"]]
    .map((args) => parseArguments(args).kind);
  assertEquals(kinds, ["begin", "resume", "cancel", "help", "help"]);
  for (const args of [["--force"], ["--resume", "--force"]]) {
    assertEquals(parseArguments(args), {
      kind: "unknown",
      argument: "--force",
    });
  }
});
