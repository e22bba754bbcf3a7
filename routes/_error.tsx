/** What people see when a page fails or does not exist. */
import { HttpError, page } from "fresh";
import { define } from "../lib/define.ts";
import { logger } from "../lib/telemetry/log.ts";

const log = logger("http");

interface ErrorData {
  readonly status: number;
}

export const handler = define.handlers<ErrorData>((ctx) => {
  const status = ctx.error instanceof HttpError
    ? ctx.error.status
    : ctx.error
    ? 500
    : 404;
  if (status >= 500) {
    log.error("Page failed", {
      path: ctx.url.pathname,
      error: String(ctx.error),
    });
  }
  return page({ status }, { status });
});

export default define.page<typeof handler>(function ErrorPage({ data }) {
  const isMissing = data?.status === 404;
  return (
    <main class="sign-in">
      <h1>{isMissing ? "There is no such page" : "This page failed"}</h1>
      <p class="muted">
        {isMissing
          ? "The address may be mistyped, or what it showed is gone."
          : "The fault is on our side and has been logged. Try again in a moment."}
      </p>
      <p>
        <a href="/dashboard">Go to the dashboard</a>
      </p>
    </main>
  );
});
