/** `endSessions`: sessions hold no state here, so there is nothing to end. */

import type { Command } from "./command.ts";

/** The command. */
export const endSessions: Command = { fields: [], run: () => ({ ok: 1 }) };
