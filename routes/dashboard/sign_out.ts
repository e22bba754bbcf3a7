/**
 * Signing out: the session ends for every copy of its cookie. Without MongoDB the
 * browser forgets it all the same, and a copy lasts until it expires.
 */
import { endSession } from "../../lib/auth/session.ts";
import { define } from "../../lib/define.ts";
import { logger } from "../../lib/telemetry/log.ts";

const log = logger("http");

export const handler = define.handlers({
  async POST(ctx) {
    const { services, session } = ctx.state;
    if (session !== null) {
      await services.store.endedSessions.add(session).catch((error) =>
        log.warn("Session ended in the browser alone", {
          error: String(error),
        })
      );
    }
    return new Response(null, {
      status: 303,
      headers: { location: "/sign_in", "set-cookie": endSession() },
    });
  },
});
