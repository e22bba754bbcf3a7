/** Signing out. */
import { endSession } from "../../lib/auth/session.ts";
import { define } from "../../lib/define.ts";

export const handler = define.handlers({
  POST: () =>
    new Response(null, {
      status: 303,
      headers: { location: "/sign_in", "set-cookie": endSession() },
    }),
});
