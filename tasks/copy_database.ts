/**
 * `deno task copy-database <mongodb:// URI> [database]`: copies what the embedded
 * MongoDB in DATA_DIR has to a real server, before MONGODB_URI is set.
 *
 * The service must be stopped, and the database there must be empty.
 */
import { load } from "@std/dotenv";
import { ConfigError, readConfig } from "../lib/config.ts";
import { AppError } from "../lib/errors.ts";
import { openStoreBeside } from "../lib/parts/mongo_part.ts";
import { copyDatabase } from "../lib/store/copy_database.ts";
import { openStore } from "../lib/store/store.ts";
import { print, printError } from "./terminal.ts";

const USAGE =
  "Usage: deno task copy-database mongodb://… [database]\nIt copies from DATA_DIR; leave MONGODB_URI unset.";

await load({ export: true });
const [uri, name] = Deno.args;
try {
  const config = readConfig(Deno.env.toObject());
  if (uri === undefined || config.mongo.kind === "external") {
    printError(USAGE);
    Deno.exit(2);
  }
  await using source = await openStoreBeside(config);
  if (!source.isOwner) {
    printError("Cannot copy the database: the service is running, stop it");
    Deno.exit(1);
  }
  const database = name ?? config.mongo.database;
  await using target = openStore({ uri, database });
  for await (
    const { name, documents } of copyDatabase(source.store.db, target.db)
  ) print(`${name.padEnd(20)} ${documents.toLocaleString("en")}`);
  print(
    `\nCopied. Set MONGODB_URI and MONGODB_DATABASE=${database}, and start.`,
  );
} catch (error) {
  if (!(error instanceof AppError || error instanceof ConfigError)) throw error;
  printError(error.message);
  Deno.exit(1);
}
