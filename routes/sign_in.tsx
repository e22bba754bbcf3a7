/** Signing in with the admin password; works without JavaScript. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { isSecureSite } from "../lib/auth/secure_site.ts";
import { safePath } from "../lib/auth/safe_path.ts";
import { startSession } from "../lib/auth/session.ts";
import { ADMIN } from "../lib/auth/team.ts";
import { define } from "../lib/define.ts";
import type { Services } from "../lib/services.ts";
import { readForm } from "./(_forms)/read_form.ts";

interface SignInData {
  readonly error: string | null;
  readonly next: string;
  readonly hasClerk: boolean;
  readonly hasPassword: boolean;
}

/** Why Clerk's way in led back here. */
const REFUSALS: Readonly<Record<string, string>> = {
  stranger:
    "You are signed in with Clerk, but your address is not among the operators and viewers.",
  nobody: "Clerk does not say who you are. Sign in there and try again.",
};

export const handler = define.handlers<SignInData>({
  GET(ctx) {
    const { searchParams } = ctx.url;
    return page({
      error: REFUSALS[searchParams.get("refused") ?? ""] ?? null,
      next: safePath(searchParams.get("next")),
      ...waysIn(ctx.state.services),
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
      return page({
        error: "That is not the password.",
        next,
        ...waysIn(services),
      }, { status: 401 });
    }
    if (answer.kind === "closed") {
      return page(
        {
          error:
            `Too many wrong passwords. Try again in ${answer.retryAfterS} s.`,
          next,
          ...waysIn(services),
        },
        { status: 429, headers: { "retry-after": String(answer.retryAfterS) } },
      );
    }
    const cookie = await startSession(
      { name: ADMIN, role: "operator" },
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
      {data.error && (
        <p id="sign-in-error" class="error" role="alert">{data.error}</p>
      )}
      {data.hasClerk && (
        <a
          class="button"
          href={`/sign_in/clerk?next=${encodeURIComponent(data.next)}`}
        >
          Sign in with Clerk
        </a>
      )}
      {data.hasPassword && <PasswordForm data={data} />}
    </main>
  );
});

function PasswordForm({ data }: { readonly data: SignInData }) {
  const { error, next, hasClerk } = data;
  return (
    <>
      <form method="post">
        <input type="hidden" name="next" value={next} />
        <label for="password">Admin password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-describedby={error ? "sign-in-error" : undefined}
        />
        <button type="submit" class={hasClerk ? "quiet" : undefined}>
          Sign in{hasClerk && " with the password"}
        </button>
      </form>
      <p class="muted small">
        The password is ADMIN_PASSWORD, or the one that Rollcall printed when it
        started.
      </p>
    </>
  );
}

/** The ways in that are open. */
function waysIn({ clerkSignIn, generatedPassword, config }: Services) {
  return {
    hasClerk: clerkSignIn !== undefined,
    hasPassword: (generatedPassword ?? config.auth.adminPassword) !== undefined,
  };
}

function isCrossSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none";
}
