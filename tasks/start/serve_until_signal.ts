/**
 * Serves until SIGTERM or SIGINT, then stops in order: no new connections, what
 * is in flight is finished, the services close.
 */
import { print } from "../terminal.ts";
import type { Services } from "../../lib/services.ts";

/** DESIGN: exit within 10 s; the rest is for closing the services. */
const DRAIN_MS = 7_000;

/**
 * Serves and blocks until a signal has been obeyed.
 *
 * @param handler The application.
 * @param services Closed at the end.
 * @param options When the process began, as of performance.now(), and who wants
 * to hear that it serves.
 * @throws {Error} when nothing can listen there, or a part was lost without which
 * nothing works: whoever watches the process starts it again.
 */
export async function serveUntilSignal(
  handler: Deno.ServeHandler,
  services: Services,
  options: {
    readonly startedMs: number;
    readonly onServing?: (origin: string) => void;
  },
): Promise<void> {
  const { promise: signalled, resolve: onSignal } = Promise.withResolvers<
    void
  >();
  Deno.addSignalListener("SIGTERM", onSignal);
  Deno.addSignalListener("SIGINT", onSignal);
  const { host: hostname, port } = services.config;
  const onListen = (address: Deno.NetAddr) => {
    greet(services, address, performance.now() - options.startedMs);
    options.onServing?.(`http://127.0.0.1:${address.port}`);
  };
  let server;
  try {
    server = Deno.serve({ hostname, port, onListen }, handler);
  } catch (error) {
    await services.close();
    throw error;
  }
  const lost = await Promise.race([signalled, services.died]);
  services.feed[Symbol.dispose]();
  await finishWithin(server.shutdown(), DRAIN_MS);
  await services.close();
  if (lost !== undefined) throw lost;
}

function greet(
  services: Services,
  address: Deno.NetAddr,
  tookMs: number,
): void {
  const { config, generatedPassword } = services;
  const host = ["0.0.0.0", "127.0.0.1", "::"].includes(address.hostname)
    ? "localhost"
    : address.hostname;
  const origin = config.publicUrl ?? `http://${host}:${address.port}`;
  const lines = [
    `Rollcall is serving after ${Math.round(tookMs)} ms`,
    `  Dashboard  ${origin}/dashboard`,
    `  Webhooks   ${origin}/api/webhooks/clerk`,
    `  MongoDB    ${config.mongo.kind}    Inngest  ${config.inngest.kind}`,
  ];
  if (generatedPassword !== undefined) {
    lines.push(
      `  Password   ${generatedPassword}  (set ADMIN_PASSWORD to choose one)`,
    );
  }
  if (config.clerk.webhookSecrets.length === 0) {
    lines.push(
      "  Set CLERK_WEBHOOK_SIGNING_SECRET to take webhooks; until then they get 503",
    );
  }
  print(lines.join("\n"));
}

async function finishWithin(work: Promise<void>, ms: number): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
