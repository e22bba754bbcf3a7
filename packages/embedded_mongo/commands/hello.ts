/**
 * `hello` and its old names: what kind of server this is.
 *
 * A standalone at the wire version of MongoDB 8.0; so drivers do not retry writes
 * by transaction number. Limits are those that mongod announces.
 */

import { MAX_DOCUMENT_BYTES } from "../bson/encode_document.ts";
import { splitWords } from "../split_words.ts";
import type { Command } from "./command.ts";

/** mongod's `maxMessageSizeBytes`. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const MAX_WIRE_VERSION = 25; // MongoDB 8.0

/** The command. */
export const hello: Command = {
  fields: splitWords(`
    helloOk client compression saslSupportedMechs topologyVersion
    maxAwaitTimeMS loadBalanced speculativeAuthenticate backpressure hostInfo`),
  run: ({ command }, context) => ({
    helloOk: true,
    ...("hello" in command ? {} : { ismaster: true }),
    isWritablePrimary: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: context.now(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: context.connectionId,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    ...(typeof command.saslSupportedMechs === "string" && context.login
      ? { saslSupportedMechs: ["SCRAM-SHA-256"] }
      : {}),
    ok: 1,
  }),
};
