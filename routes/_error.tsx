/** What people see when a page fails or does not exist, and what to do next. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { isSecureSite } from "../lib/auth/secure_site.ts";
import { setSecurityHeaders } from "../lib/auth/security_headers.ts";
import { define } from "../lib/define.ts";
import { logger } from "../lib/telemetry/log.ts";

const log = logger("http");

interface ErrorData {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

export const handler = define.handlers<ErrorData>((ctx) => {
  const error = describeError(ctx.error);
  if (error.status >= 500) {
    log.error("Page failed", {
      path: ctx.url.pathname,
      error: String(ctx.error),
    });
  }
  const headers = new Headers({ "cache-control": "no-store" });
  setSecurityHeaders(headers, {
    isSecure: isSecureSite(ctx.url, ctx.state.services?.config.publicUrl),
  });
  return page(error, { status: error.status, headers });
});

export default define.page<typeof handler>(function ErrorPage({ data }) {
  return (
    <main class="notice">
      <Head>
        <title>{`${data.title} · Rollcall`}</title>
      </Head>
      <p class="muted small">{data.status}</p>
      <h1>{data.title}</h1>
      <p class="muted">{data.advice}</p>
      <p>
        {data.status >= 500
          ? <a class="button" href="">Try again</a>
          : <a class="button" href="/dashboard">Go to the dashboard</a>}
      </p>
    </main>
  );
});

const KNOWN: Readonly<Record<number, Omit<ErrorData, "status">>> = {
  403: {
    title: "This is not allowed",
    advice:
      "It needs the operator role, or the form was sent from another site.",
  },
  404: {
    title: "There is no such page",
    advice: "The address may be mistyped, or what it showed is gone.",
  },
  405: {
    title: "This page cannot do that",
    advice: "Go back and try it from the page that offers it.",
  },
};

/** What an operator can mend is named. */
function describeError(error: unknown): ErrorData {
  const outage = findOutage(error);
  if (outage !== null) return { status: 503, ...outage };
  const status = error instanceof HttpError ? error.status : error ? 500 : 404;
  const known = KNOWN[status] ?? {
    title: status < 500
      ? "This request was not understood"
      : "This page failed",
    advice: status < 500
      ? "Go back and try again."
      : "The fault is on our side and has been logged. Try again in a moment.",
  };
  return { status, ...known };
}

/** Which of those that Rollcall stands on does not answer, if any. */
function findOutage(error: unknown): Omit<ErrorData, "status"> | null {
  if (!(error instanceof Error)) return null;
  switch (error.name) {
    case "EventNotTakenError":
    case "InngestApiError":
      return {
        title: "Inngest does not answer",
        advice:
          "Nothing was started. Webhooks get 503 meanwhile and Svix sends them again. Try again when /ready says that it is back.",
      };
    case "ClerkApiError":
      return {
        title: "Clerk could not be asked",
        advice: `Nothing was changed. ${error.message}.`,
      };
    default:
      return MONGODB_ERRORS.test(error.name)
        ? {
          title: "MongoDB does not answer",
          advice:
            "Webhooks are still taken and nothing is lost: they are applied when the database is back. /ready tells more.",
        }
        : null;
  }
}

const MONGODB_ERRORS =
  /^Mongo(ServerSelection|Network|NetworkTimeout|NotConnected|PoolCleared|TopologyClosed)Error$/;
