/**
 * Serves a handler, on the port that is asked for or on the first free one.
 */
import type { AppHandler } from "./create_handler.ts";

/** Options of `app.listen()`. */
export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & {
    /** Address under which the server is known elsewhere; it is printed. */
    remoteAddress?: string;
  };

const FIRST_PORT = 8000;
const LAST_PORT = 8019;

/**
 * Starts to serve.
 *
 * @param handler Answers the requests.
 * @param basePath Printed as part of the address.
 * @param options As for `Deno.serve`; port 0 counts as none.
 * @throws {Deno.errors.AddrInUse} when no port is free.
 */
export async function listen(
  handler: AppHandler,
  basePath: string,
  options: ListenOptions,
): Promise<void> {
  const complete = {
    onListen: (address: Deno.NetAddr) =>
      printAddress(address, basePath, options),
    ...options,
  };
  if (options.port) {
    await Deno.serve({ ...complete, port: options.port }, handler);
    return;
  }
  await serveOnFreePort(complete, handler);
}

async function serveOnFreePort(
  options: ListenOptions,
  handler: AppHandler,
): Promise<void> {
  for (let port = FIRST_PORT;; port++) {
    try {
      await Deno.serve({ ...options, port }, handler);
      return;
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (!isTaken || port === LAST_PORT) throw error;
    }
  }
}

function printAddress(
  { hostname, port }: Deno.NetAddr,
  basePath: string,
  { cert, remoteAddress }: ListenOptions,
): void {
  const protocol = cert === undefined ? "http" : "https";
  const isAny = hostname === "0.0.0.0" || hostname === "::";
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const address = `${protocol}://${isAny ? "localhost" : host}:${port}`;
  const remote = remoteAddress === undefined ? "" : ` (${remoteAddress})`;
  // deno-lint-ignore no-console -- who starts a server wants to know where
  console.log(`Fresh ready on ${address}${basePath}/${remote}`);
}
