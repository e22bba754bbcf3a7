/** Signing in with Clerk: to its page and back, and then a session of our own. */
import { HttpError } from "fresh";
import { safePath } from "../../lib/auth/safe_path.ts";
import { isSecureSite } from "../../lib/auth/secure_site.ts";
import { startSession } from "../../lib/auth/session.ts";
import { define } from "../../lib/define.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { clerkSignIn, config, sessionSecret, clock } = ctx.state.services;
    if (clerkSignIn === undefined) throw new HttpError(404);
    const next = safePath(ctx.url.searchParams.get("next"));
    // Behind a proxy browsers see another address than we do.
    const url = new URL(
      ctx.url.pathname + ctx.url.search,
      config.publicUrl ?? ctx.url.origin,
    );
    const outcome = await clerkSignIn.identify(
      new Request(url, { headers: ctx.req.headers }),
    );
    switch (outcome.kind) {
      case "handshake":
        return new Response(null, { status: 307, headers: outcome.headers });
      case "nobody": {
        // Whoever comes back as nobody would be sent to and fro for ever.
        if (url.searchParams.has("back")) return refuse("nobody");
        url.searchParams.set("back", "1");
        return redirect(clerkSignIn.portalUrl(url.href));
      }
      case "stranger":
        return refuse("stranger");
      case "member": {
        const { email: name, role } = outcome;
        const cookie = await startSession({ name, role }, {
          secret: sessionSecret,
          now: clock.now(),
          isSecure: isSecureSite(ctx.url, config.publicUrl),
        });
        return redirect(next, { "set-cookie": cookie });
      }
      default:
        return outcome satisfies never;
    }
  },
});

function refuse(reason: string): Response {
  return redirect(`/sign_in?refused=${reason}`);
}

function redirect(
  location: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } });
}
