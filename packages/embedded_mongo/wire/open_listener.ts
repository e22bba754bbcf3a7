/**
 * Opens the socket to listen on, and says under which address it is reached.
 *
 * A Unix socket lies in a folder of mode 0700 and gets mode 0600 itself. TCP is
 * for loopback alone and asks for a password.
 */

const MAX_SOCKET_PATH_BYTES = 107; // sun_path, less its final zero byte
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** Where to listen. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number };

/** An open socket. */
export interface Listening {
  readonly listener: Deno.Listener;
  /** Takes the socket's file away, so that nobody new finds it. */
  readonly hide: () => Promise<void>;
  /** `host:port`, or the encoded socket path, as it stands in a URI. */
  readonly authority: string;
}

/**
 * Listens.
 *
 * @param address Where.
 * @returns The listener and its address.
 * @throws {RangeError} for a socket path that is too long or a host that is not
 *   loopback.
 * @throws {Deno.errors.AddrInUse} when another server listens there.
 */
export async function openListener(address: ListenAddress): Promise<Listening> {
  return address.kind === "unix"
    ? await listenUnix(address.path)
    : listenTcp(address.hostname, address.port);
}

async function listenUnix(path: string): Promise<Listening> {
  const length = new TextEncoder().encode(path).length;
  if (length > MAX_SOCKET_PATH_BYTES) {
    throw new RangeError(
      `Cannot listen on ${path}: ${length} bytes exceed ${MAX_SOCKET_PATH_BYTES}`,
    );
  }
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (folder !== "") await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await removeStaleSocket(path);
  const listener = Deno.listen({ transport: "unix", path });
  await Deno.chmod(path, 0o600);
  return {
    listener,
    authority: encodeURIComponent(path),
    hide: () => removeSocket(path),
  };
}

/** Its folder may be gone already, as temporary ones are. */
async function removeSocket(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A socket that nobody answers on is left over from a killed process. */
async function removeStaleSocket(path: string): Promise<void> {
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    await Deno.remove(path);
    return;
  }
  throw new Deno.errors.AddrInUse(
    `Cannot listen on ${path}: another server answers there`,
  );
}

function listenTcp(hostname: string, port: number): Listening {
  if (!LOOPBACK.has(hostname)) {
    throw new RangeError(`Cannot listen on ${hostname}: it is not loopback`);
  }
  const listener = Deno.listen({ hostname, port });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    listener,
    authority: `${host}:${listener.addr.port}`,
    hide: () => Promise.resolve(),
  };
}
