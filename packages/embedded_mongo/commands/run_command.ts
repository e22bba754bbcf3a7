/**
 * The table of commands, and what holds for all of them.
 *
 * Checks the login, refuses fields that a command does not know, and answers
 * transactions as a standalone mongod does. Aliases are mongod's.
 */

import { isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { badValue, MongoError, refuse } from "../errors.ts";
import { splitWords } from "../split_words.ts";
import { aggregate } from "./aggregate.ts";
import { buildInfo } from "./build_info.ts";
import { bulkWrite } from "./bulk_write.ts";
import {
  type Command,
  type CommandContext,
  type CommandReply,
  type CommandRequest,
  rejectUnknownFields,
} from "./command.ts";
import { count } from "./count.ts";
import { create } from "./create.ts";
import { createIndexes } from "./create_indexes.ts";
import { deleteCommand } from "./delete.ts";
import { distinct } from "./distinct.ts";
import { drop } from "./drop.ts";
import { dropDatabase } from "./drop_database.ts";
import { dropIndexes } from "./drop_indexes.ts";
import { endSessions } from "./end_sessions.ts";
import { explain } from "./explain.ts";
import { find } from "./find.ts";
import { findAndModify } from "./find_and_modify.ts";
import { getMore } from "./get_more.ts";
import { hello } from "./hello.ts";
import { insert } from "./insert.ts";
import { killCursors } from "./kill_cursors.ts";
import { listCollections } from "./list_collections.ts";
import { listDatabases } from "./list_databases.ts";
import { listIndexes } from "./list_indexes.ts";
import { ping } from "./ping.ts";
import { saslContinue } from "./sasl_continue.ts";
import { saslStart } from "./sasl_start.ts";
import { update } from "./update.ts";

/** The commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries({
  aggregate,
  buildInfo,
  buildinfo: buildInfo,
  bulkWrite,
  count,
  create,
  createIndexes,
  delete: deleteCommand,
  distinct,
  drop,
  dropDatabase,
  dropIndexes,
  endSessions,
  explain,
  find,
  findAndModify,
  findandmodify: findAndModify,
  getMore,
  hello,
  insert,
  isMaster: hello,
  ismaster: hello,
  killCursors,
  listCollections,
  listDatabases,
  listIndexes,
  ping,
  saslContinue,
  saslStart,
  update,
}));

const COMMON_FIELDS = splitWords(`
  $db lsid $clusterTime $readPreference readConcern writeConcern maxTimeMS
  comment apiVersion apiStrict apiDeprecationErrors`);

/** What each command may hold, by the command's name. */
const KNOWN_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...COMMANDS].map(([name, { fields, refused = [] }]) =>
    [name, new Set([name, ...COMMON_FIELDS, ...fields, ...refused])] as const
  ),
);

const NEEDS_NO_LOGIN: ReadonlySet<Command> = new Set([
  hello,
  ping,
  buildInfo,
  saslStart,
  saslContinue,
  endSessions,
]);

/**
 * Runs a command.
 *
 * @param request The command and its database.
 * @param context The server.
 * @returns The reply.
 * @throws {MongoError} What becomes the error reply.
 */
export function runCommand(
  request: CommandRequest,
  context: CommandContext,
): CommandReply {
  const [name = ""] = Object.keys(request.command);
  const command = COMMANDS.get(name);
  if (!command) {
    throw new MongoError("CommandNotFound", `no such command: '${name}'`);
  }
  if (context.login?.isDone === false && !NEEDS_NO_LOGIN.has(command)) {
    throw new MongoError(
      "Unauthorized",
      `Command ${name} requires authentication`,
    );
  }
  rejectTransaction(request);
  rejectUnknownFields(request.command, name, KNOWN_FIELDS.get(name)!);
  rejectConcerns(request);
  for (const option of command.refused ?? []) {
    const value = request.command[option] ?? false;
    if (value !== false) throw refuse(`${name} with ${option}`);
  }
  return command.run(request, context);
}

function rejectTransaction({ command }: CommandRequest): void {
  if (
    command.txnNumber === undefined && command.startTransaction === undefined
  ) {
    return;
  }
  throw new MongoError(
    "IllegalOperation",
    "Transaction numbers are only allowed on a replica set member or mongos",
  );
}

/** A standalone has no majority but itself and no snapshots. */
function rejectConcerns({ command }: CommandRequest): void {
  const { writeConcern, readConcern } = command;
  const wanted = isDocument(writeConcern) ? toSafeInteger(writeConcern.w) : 0;
  if (wanted !== undefined && wanted > 1) {
    throw badValue("cannot use 'w' > 1 when a host is not replicated");
  }
  const level = isDocument(readConcern) ? readConcern.level : undefined;
  if (level === "snapshot" || level === "linearizable") {
    throw new MongoError(
      "IllegalOperation",
      `read concern level ${level} is only valid on a replica set member`,
    );
  }
}
