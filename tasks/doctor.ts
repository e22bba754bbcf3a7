/**
 * `deno task doctor`: is everything connected? Checks the settings, the running
 * service and, with a signed probe that changes no user, the whole path.
 *
 * Ends with 1 when a check fails; each failure says what to do.
 */
import { load } from "@std/dotenv";
import { ConfigError, readConfig } from "../lib/config.ts";
import { type CheckResult, runChecks } from "../lib/doctor/run_checks.ts";
import { print, printError } from "./terminal.ts";

const MARKS = { ok: "✓", failed: "✗", skipped: "–" } as const;

await load({ export: true });
try {
  const config = readConfig(Deno.env.toObject());
  print("✓ settings: the environment can be used");
  let failures = 0;
  const origin = config.publicUrl ?? `http://127.0.0.1:${config.port}`;
  for await (const { name, result } of runChecks(config, origin)) {
    print(lineOf(name, result));
    if (result.kind === "failed") failures++;
  }
  if (failures > 0) {
    printError(`\n${failures} of the checks failed`);
    Deno.exit(1);
  }
  print("\nAll is connected.");
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  printError(`✗ settings\n${error.message}`);
  Deno.exit(1);
}

function lineOf(name: string, result: CheckResult): string {
  return `${MARKS[result.kind]} ${name}: ${result.detail}`;
}
