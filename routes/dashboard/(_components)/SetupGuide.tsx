/** What is left to do until the first event arrives, in the order of doing it. */
import type { ComponentChildren } from "preact";
import type { Config } from "../../../lib/config.ts";

interface SetupGuideProps {
  readonly config: Pick<Config, "clerk" | "publicUrl">;
  /** Of this page. */
  readonly url: URL;
}

export function SetupGuide(
  { config: { clerk, publicUrl }, url }: SetupGuideProps,
) {
  const endpoint = new URL("/api/webhooks/clerk", publicUrl ?? url.origin);
  const hasSecret = clerk.webhookSecrets.length > 0;
  const hasKey = clerk.secretKey !== undefined;
  return (
    <section aria-labelledby="setup">
      <h2 id="setup">Three steps to the first event</h2>
      <ol class="order setup">
        <Step title="Add the webhook endpoint in Clerk's dashboard">
          Under Configure, Webhooks, with this address:{" "}
          <code class="payload">{endpoint.href}</code> Subscribe it to{" "}
          <code>user</code>, <code>organization</code> and{" "}
          <code>organizationMembership</code>.
          {isLocal(endpoint) && (
            <span class="below">
              Clerk cannot reach this machine's own address: put a tunnel or a
              proxy before it, and set <code>PUBLIC_URL</code> to its address.
            </span>
          )}
        </Step>
        <Step
          title="Give Rollcall the endpoint's signing secret"
          isDone={hasSecret}
        >
          {hasSecret ? "It is set." : (
            <>
              Set <code>CLERK_WEBHOOK_SIGNING_SECRET</code> to the{" "}
              <code>whsec_…</code>{" "}
              that Clerk shows beside the endpoint, and restart.
            </>
          )}
        </Step>
        <Step title="Send an example from the endpoint's Testing tab">
          It appears here by itself. Users that Clerk already has come in by the
          {" "}
          <a href="/dashboard/drift">backfill</a>
          {hasKey ? "." : (
            <>
              , which needs <code>CLERK_SECRET_KEY</code>.
            </>
          )}
        </Step>
      </ol>
      <p class="muted small">
        Without a Clerk instance, <code>deno task demo</code>{" "}
        shows every page with something on it.
      </p>
    </section>
  );
}

interface StepProps {
  readonly title: string;
  readonly isDone?: boolean;
  readonly children: ComponentChildren;
}

function Step({ title, isDone = false, children }: StepProps) {
  return (
    <li>
      <strong>{title}{isDone && " ✓"}</strong>
      <p>{children}</p>
    </li>
  );
}

function isLocal({ hostname }: URL): boolean {
  return /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(hostname);
}
