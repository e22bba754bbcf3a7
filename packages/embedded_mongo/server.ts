/**
 * Serves MongoDB's protocol on one listener over one store.
 *
 * Each connection is read on its own; commands of all connections meet in the
 * batch executor. A malformed message ends its connection with an error and
 * touches no other.
 */

import { isMingoLoaded, loadMingo } from "./aggregate/mingo.ts";
import { BatchExecutor } from "./batch_executor.ts";
import type { CommandContext } from "./commands/command.ts";
import { runCommand } from "./commands/run_command.ts";
import { Cursors } from "./cursors.ts";
import { type MongoError, toMongoError } from "./errors.ts";
import { splitWords } from "./split_words.ts";
import type { Store } from "./storage/store.ts";
import { SWEEP_PORTION, sweepExpired } from "./storage/sweep_expired.ts";
import {
  encodeReply,
  parseMessage,
  readRequestId,
  type WireRequest,
} from "./wire/message.ts";
import { readMessages } from "./wire/read_messages.ts";
import { Scram, type ScramSecret } from "./wire/scram.ts";

const SWEEP_MS = 60_000; // mongod's ttlMonitorSleepSecs
/** Commands that never evaluate anything, and so need not wait for mingo. */
const EARLY_COMMANDS = new Set(splitWords(`
  hello isMaster ismaster ping buildInfo saslStart saslContinue insert
  createIndexes listIndexes`));
const NO_REPLY = new Uint8Array();

/** What a server is made of. */
export interface ServerParts {
  readonly store: Store;
  readonly listener: Deno.Listener;
  /** Undefined: whoever reaches the socket may do everything. */
  readonly secret?: ScramSecret | undefined;
  /** The clock, for tests. */
  readonly now?: () => Date;
}

/** A running server. */
export class Server {
  readonly #parts: ServerParts;
  readonly #executor: BatchExecutor<Uint8Array>;
  readonly #now: () => Date;
  readonly #cursors: Cursors;
  readonly #connections = new Set<Deno.Conn>();
  readonly #sweeper: ReturnType<typeof setInterval>;
  #connectionCount = 0;

  /** @param parts Store, listener and secret. */
  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { store, now = () => new Date() } = parts;
    this.#now = now;
    this.#cursors = new Cursors(() => now().getTime());
    this.#executor = new BatchExecutor(store);
    this.#sweeper = setInterval(() => void this.sweep(), SWEEP_MS);
  }

  /** Accepts connections until {@linkcode Server.close}. */
  async serve(): Promise<void> {
    for await (const connection of this.#parts.listener) {
      void this.#serveConnection(connection);
    }
  }

  /** Ends all connections and closes the store; what was acknowledged stays. */
  close(): void {
    clearInterval(this.#sweeper);
    this.#parts.listener.close();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
    this.#executor.close();
    this.#parts.store.close();
  }

  /** Removes expired documents and idle cursors; happens every minute. */
  async sweep(): Promise<void> {
    this.#cursors.endIdle();
    const { store } = this.#parts;
    let removed = SWEEP_PORTION;
    while (removed === SWEEP_PORTION) {
      removed = 0;
      await this.#executor.submit(() => {
        removed = sweepExpired(store, this.#now());
        return NO_REPLY;
      });
    }
  }

  async #serveConnection(connection: Deno.Conn): Promise<void> {
    const { store, secret } = this.#parts;
    const context: CommandContext = {
      store,
      cursors: this.#cursors,
      connectionId: ++this.#connectionCount,
      login: secret && new Scram(secret),
      now: this.#now,
    };
    this.#connections.add(connection);
    try {
      for await (const messages of readMessages(connection)) {
        const isIntact = await this.#answerAll(connection, messages, context);
        if (!isIntact) break;
      }
    } catch (error) {
      await this.#sendLast(connection, error);
    } finally {
      if (this.#connections.delete(connection)) connection.close();
    }
  }

  /** Returns false when a message was malformed; those before it are answered. */
  async #answerAll(
    connection: Deno.Conn,
    messages: readonly Uint8Array[],
    context: CommandContext,
  ): Promise<boolean> {
    const answers: Promise<Uint8Array>[] = [];
    let isIntact = true;
    for (const message of messages) {
      try {
        answers.push(this.#answer(parseMessage(message), context));
      } catch (error) {
        const to = { requestId: readRequestId(message), isLegacy: false };
        const reply = encodeReply(describe(toMongoError(error)), to);
        answers.push(Promise.resolve(reply));
        isIntact = false;
        break;
      }
    }
    for (const answer of answers) await writeAll(connection, await answer);
    return isIntact;
  }

  async #answer(
    request: WireRequest,
    context: CommandContext,
  ): Promise<Uint8Array> {
    const [name = ""] = Object.keys(request.command);
    if (!isMingoLoaded() && !EARLY_COMMANDS.has(name)) await loadMingo();
    const outcome = await this.#executor.submit(() =>
      encodeReply(runCommand(request, context), request)
    );
    if (request.isUnacknowledged) return NO_REPLY;
    return outcome.kind === "done"
      ? outcome.value
      : encodeReply(describe(outcome.error), request);
  }

  /** Tells a client that speaks garbage why it is cut off, if it still listens. */
  async #sendLast(connection: Deno.Conn, error: unknown): Promise<void> {
    const isGone = !this.#connections.has(connection) ||
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (isGone) return;
    const reply = encodeReply(describe(toMongoError(error)), {
      requestId: 0,
      isLegacy: false,
    });
    await writeAll(connection, reply).catch(ignoreDisconnect);
  }
}

function describe(error: MongoError) {
  const { code, codeName, message, details } = error;
  return { ok: 0, errmsg: message, code, codeName, ...details };
}

async function writeAll(
  connection: Deno.Conn,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(bytes.subarray(written));
  }
}

/** The client closed first; there is nobody left to tell. */
function ignoreDisconnect(_error: unknown): void {}
