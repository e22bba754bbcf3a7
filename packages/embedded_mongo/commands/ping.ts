/** `ping`: whether the server answers. */

import type { Command } from "./command.ts";

/** The command. */
export const ping: Command = { fields: [], run: () => ({ ok: 1 }) };
