/**
 * A load generator: requests over kept-alive connections, one at a time on each,
 * written straight to TCP so that it costs less than the server it measures.
 *
 * It understands answers with a content-length and nothing more.
 */

/** What a run came to; times in ms. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** What to send. */
export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** @returns The bytes of the request with that number. */
  readonly makeRequest: (index: number) => Uint8Array;
}

/**
 * Sends all requests and waits for all answers.
 *
 * @param options Where to, how many at once, and what.
 * @returns Rate and times.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const work = async () => {
    using connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: options.port,
    });
    connection.setNoDelay(true);
    const buffer = new Uint8Array(16 * 1024);
    while (next < options.requests) {
      const request = options.makeRequest(next++);
      const sentMs = performance.now();
      await writeAll(connection, request);
      const status = await readAnswer(connection, buffer);
      times.push(performance.now() - sentMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: options.connections }, work));
  const tookMs = performance.now() - startedMs;
  return {
    perSecond: options.requests / tookMs * 1000,
    statuses,
    ...percentiles(times),
  };
}

/**
 * @param times Any order, ms.
 * @returns The middle, the slow end and the slowest.
 */
export function percentiles(
  times: readonly number[],
): { readonly p50: number; readonly p99: number; readonly max: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function writeAll(
  connection: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(bytes.subarray(written));
  }
}

const decoder = new TextDecoder();

async function readAnswer(
  connection: Deno.TcpConn,
  buffer: Uint8Array,
): Promise<string> {
  let text = "";
  while (true) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("Cannot go on: connection closed");
    text += decoder.decode(buffer.subarray(0, count));
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) continue;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length >= headEnd + 4 + length) return text.slice(9, 12);
  }
}
