/** Signing in with the admin password; works without JavaScript. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { isSecureSite } from "../lib/auth/secure_site.ts";
import { safePath } from "../lib/auth/safe_path.ts";
import { startSession } from "../lib/auth/session.ts";
import { define } from "../lib/define.ts";
import { readForm } from "./(_forms)/read_form.ts";

interface SignInData {
  readonly error: string | null;
  readonly next: string;
}

export const handler = define.handlers<SignInData>({
  GET(ctx) {
    return page({
      error: null,
      next: safePath(ctx.url.searchParams.get("next")),
    });
  },
  async POST(ctx) {
    const { services } = ctx.state;
    if (isCrossSite(ctx.req)) {
      throw new HttpError(403, "The form was sent from another site");
    }
    const form = await readForm(ctx.req);
    const next = safePath(form.get("next"));
    const answer = await services.checkPassword(
      String(form.get("password") ?? ""),
    );
    if (answer.kind === "wrong") {
      return page({ error: "That is not the password.", next }, {
        status: 401,
      });
    }
    if (answer.kind === "closed") {
      return page(
        {
          error:
            `Too many wrong passwords. Try again in ${answer.retryAfterS} s.`,
          next,
        },
        { status: 429, headers: { "retry-after": String(answer.retryAfterS) } },
      );
    }
    const cookie = await startSession(
      { name: "admin", role: "operator" },
      {
        secret: services.sessionSecret,
        now: services.clock.now(),
        isSecure: isSecureSite(ctx.url, services.config.publicUrl),
      },
    );
    return new Response(null, {
      status: 303,
      headers: { location: next, "set-cookie": cookie },
    });
  },
});

export default define.page<typeof handler>(function SignIn({ data }) {
  return (
    <main class="notice">
      <Head>
        <title>Sign in · Rollcall</title>
      </Head>
      <h1>Rollcall</h1>
      <p class="muted">Every Clerk user, present and correct in MongoDB.</p>
      <form method="post">
        <input type="hidden" name="next" value={data.next} />
        <label for="password">Admin password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-describedby={data.error ? "sign-in-error" : undefined}
        />
        {data.error && (
          <p id="sign-in-error" class="error" role="alert">{data.error}</p>
        )}
        <button type="submit">Sign in</button>
      </form>
      <p class="muted small">
        The password is ADMIN_PASSWORD, or the one that Rollcall printed when it
        started.
      </p>
    </main>
  );
});

function isCrossSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none";
}
