/** `buildInfo`: which server this is. The version names the dialect spoken. */

import { MAX_DOCUMENT_BYTES } from "../bson/encode_document.ts";
import type { Command } from "./command.ts";

/** The command. */
export const buildInfo: Command = {
  fields: [],
  run: () => ({
    version: "8.0.0",
    versionArray: [8, 0, 0, 0],
    gitVersion: "embedded",
    modules: ["embedded"],
    bits: 64,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["sqlite"],
    ok: 1,
  }),
};
