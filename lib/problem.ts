/**
 * Errors as HTTP answers that a program can read.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457 application/problem+json
 */

/** What went wrong, for the caller. */
export interface Problem {
  readonly status: number;
  /** Stable identifier in kebab-case. */
  readonly code: string;
  /** One sentence that says what could not be done and why. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * Makes the answer.
 *
 * @param problem Status, code and sentence.
 * @returns A response that must not be cached.
 */
export function problemResponse(problem: Problem): Response {
  const { status, code, detail, headers = {} } = problem;
  const body = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    code,
    detail,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...headers,
    },
  });
}
