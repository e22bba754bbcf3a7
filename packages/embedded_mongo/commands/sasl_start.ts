/** `saslStart`: the first message of SCRAM-SHA-256. */

import { Binary } from "bson";
import { MongoError } from "../errors.ts";
import type { Command } from "./command.ts";

/** The command. */
export const saslStart: Command = {
  fields: ["mechanism", "payload", "options", "autoAuthorize", "db"],
  run: ({ command }, { login }) => {
    const { mechanism, payload } = command;
    if (
      !login || mechanism !== "SCRAM-SHA-256" || !(payload instanceof Binary)
    ) {
      throw new MongoError(
        "AuthenticationFailed",
        `Unsupported mechanism '${mechanism}'`,
      );
    }
    return {
      conversationId: 1,
      done: false,
      payload: new Binary(login.start(payload.value())),
      ok: 1,
    };
  },
};
