/** Inngest's calls to the durable functions: every call must be signed. */
import { define } from "../../lib/define.ts";
import { problemResponse } from "../../lib/problem.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

export const handler = define.handlers(async (ctx) => {
  const { services } = ctx.state;
  const isUnsignedMode = services.config.inngest.kind === "external" &&
    services.config.inngest.isDev;
  if (isUnsignedMode && !isLoopback(ctx.info.remoteAddr)) {
    return problemResponse({
      status: 403,
      code: "dev-mode-is-local",
      detail:
        "Cannot run functions: INNGEST_DEV takes unsigned calls, from this machine only",
    });
  }
  try {
    return await services.serveInngest(ctx.req);
  } catch (error) {
    // The SDK rejects instead of answering when the body is not JSON.
    if (!(error instanceof SyntaxError)) throw error;
    return problemResponse({
      status: 400,
      code: "invalid-json",
      detail: "Cannot run functions: the body is not JSON",
    });
  }
});

function isLoopback(address: Deno.Addr): boolean {
  return address.transport === "unix" ||
    ("hostname" in address && LOOPBACK.has(address.hostname));
}
