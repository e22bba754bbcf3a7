/**
 * Calls of Inngest's REST API: where it is, who calls, and how long that may take.
 *
 * Cloud, a server of one's own and the embedded engine differ in base URL, keys
 * and `fetch` alone. Paths and Bearer: Inngest's OpenAPI documents v1 and v2 and
 * pkg/authn of its server, which takes the key's hash like the key itself.
 */
import { createHash } from "node:crypto";
import { AppError } from "../errors.ts";
import type { InngestConnection } from "./create_client.ts";

/** Inngest did not answer, or not as it should. */
export class InngestApiError extends AppError {
  override readonly name = "InngestApiError";

  /**
   * @param state Why, as the end of the sentence.
   * @param cause The failure below.
   */
  constructor(state: string, cause?: unknown) {
    super(`Cannot ask Inngest: ${state}`, {
      code: "inngest-api",
      status: 503,
      retryable: true,
      cause,
    });
  }
}

/** One call. */
export interface InngestCall {
  readonly method?: "GET" | "POST";
  /** Version of the API that the path belongs to. */
  readonly version: "v1" | "v2";
  /** Behind the version, such as `/runs`; its parts are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Asks Inngest; null stands for what it does not know (404). */
export type AskInngest = (call: InngestCall) => Promise<unknown>;

const CLOUD = "https://api.inngest.com";
const DEV_SERVER = "http://localhost:8288";

/** A page does not wait longer, ms. */
const TIMEOUT_MS = 2_000;

/** @returns Where the API of a connection is, without a path. */
export function inngestOrigin({ baseUrl, isDev }: InngestConnection): string {
  return baseUrl ?? (isDev ? DEV_SERVER : CLOUD);
}

/**
 * Makes the way to ask.
 *
 * @param connection Where Inngest is, and its keys.
 * @returns A function that throws {InngestApiError} when there is no good answer.
 */
export function createAskInngest(connection: InngestConnection): AskInngest {
  const origin = inngestOrigin(connection);
  const { signingKey, fetch: ask = fetch } = connection;
  // Cloud has the second version at /v2, Inngest's server at both places.
  const prefixes = { v1: "/v1", v2: origin === CLOUD ? "/v2" : "/api/v2" };
  const headers: HeadersInit = signingKey === undefined
    ? {}
    : { authorization: `Bearer ${hashSigningKey(signingKey)}` };
  return async function askInngest({ method = "GET", version, path, query }) {
    const search = query ? `?${new URLSearchParams(query)}` : "";
    const url = `${origin}${prefixes[version]}${path}${search}`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await ask(url, { method, headers, signal });
      if (response.ok) return await response.json();
      await response.body?.cancel();
      if (response.status === 404) return null;
      throw new InngestApiError(`it answers ${response.status}`);
    } catch (error) {
      if (error instanceof InngestApiError) throw error;
      throw new InngestApiError("it does not answer", error);
    }
  };
}

/** As the SDK does it: the prefix stays, the rest is the hash of the bytes. */
function hashSigningKey(key: string): string {
  const prefix = /^signkey-\w+-/.exec(key)?.[0] ?? "";
  const secret = key.slice(prefix.length);
  return prefix + createHash("sha256").update(secret, "hex").digest("hex");
}
