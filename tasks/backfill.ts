/**
 * `deno task backfill`: brings every user of Clerk into MongoDB, now.
 *
 * A running service is asked to do it and followed; without one it is done here.
 * See tasks/backfill/parse_arguments.ts for the arguments and exit codes.
 */
import { load } from "@std/dotenv";
import { MongoError } from "mongodb";
import { ConfigError, readConfig } from "../lib/config.ts";
import { carryOut, EXIT } from "./backfill/carry_out.ts";
import { HELP, parseArguments } from "./backfill/parse_arguments.ts";
import { createProgressPrinter } from "./backfill/progress_printer.ts";
import { print, printError, write } from "./terminal.ts";

Deno.exit(await run());

async function run(): Promise<number> {
  const wish = parseArguments(Deno.args);
  if (wish.kind === "help") {
    print(HELP);
    return EXIT.done;
  }
  if (wish.kind === "unknown") {
    printError(`Unknown argument ${wish.argument}\n\n${HELP}`);
    return EXIT.usage;
  }
  await load({ export: true });
  const printer = createProgressPrinter({
    write,
    columns: Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined,
    nowMs: () => performance.now(),
  });
  try {
    const config = readConfig(Deno.env.toObject());
    const terminal = { print, printError };
    const signal = pauseSignal();
    return await carryOut(config, wish.kind, { printer, terminal, signal });
  } catch (error) {
    printError(explain(error));
    return EXIT.failed;
  }
}

/** Aborts at the first Ctrl+C; the second ends the process at once. */
function pauseSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.stopped);
    controller.abort(new Error("Cannot go on: it was interrupted"));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  return controller.signal;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MongoError
    ? `The database does not answer: ${message}`
    : message;
}
