/**
 * Requests and answers of the engine's HTTP API, whether they came through a socket or not.
 */

const MAX_BODY_BYTES = 32 * 1024 * 1024; // a POST of many events, each of 3 MiB at most

/** A request, read to its end. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Pick<Headers, "get">;
  readonly body: string;
  /** Whether it came through the engine's `fetch`, as what functions send does. */
  readonly isInProcess: boolean;
}

/** An answer with a JSON body. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Makes the answer to a request that is refused.
 *
 * @param status the HTTP status, repeated in the body, where the SDK looks
 * @param error what could not be done
 */
export function refuse(status: number, error: string): ApiAnswer {
  return { status, body: { error, status } };
}

/**
 * Reads a request to its end.
 *
 * @param request the request
 * @param isInProcess whether no socket was involved
 * @returns it with its body as text, or the answer that refuses a body of more than 32 MiB
 */
export async function readRequest(
  request: Request,
  isInProcess: boolean,
): Promise<ApiRequest | ApiAnswer> {
  const { method, headers } = request;
  const body = await readBody(request);
  if (body === undefined) {
    return refuse(413, "Cannot read the request: its body is over 32 MiB");
  }
  return { method, url: new URL(request.url), headers, body, isInProcess };
}

/**
 * Turns an answer into a response.
 *
 * @param answer status and JSON body
 */
export function toResponse(answer: ApiAnswer): Response {
  const hasBody = answer.body !== undefined;
  return new Response(hasBody ? JSON.stringify(answer.body) : null, {
    status: answer.status,
    ...(hasBody ? { headers: { "content-type": "application/json" } } : {}),
  });
}

async function readBody(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) {
    return undefined;
  }
  if (!request.body) return "";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}
