/** `saslContinue`: the proof of the password, and the server's own. */

import { Binary } from "bson";
import { MongoError } from "../errors.ts";
import type { Command } from "./command.ts";

/** The command. */
export const saslContinue: Command = {
  fields: ["conversationId", "payload"],
  run: ({ command }, { login }) => {
    const { payload } = command;
    if (!login || !(payload instanceof Binary)) {
      throw new MongoError("AuthenticationFailed", "Authentication failed.");
    }
    return {
      conversationId: 1,
      done: true,
      payload: new Binary(login.finish(payload.value())),
      ok: 1,
    };
  },
};
