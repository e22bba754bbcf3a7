/**
 * Answers 400 to addresses that are no URL (the Host header is part of them) or
 * not properly percent-encoded, and 405 to methods that no route can have.
 *
 * It stands in front of the application because Fresh's router fails on these
 * before any middleware or error page is asked; the answer would be a 500. In
 * development the server is Fresh's own, and there is nothing to stand in front
 * of; what its router threw is answered in the same words there.
 *
 * @see https://url.spec.whatwg.org/#percent-encoded-bytes
 */
import { problemResponse } from "./problem.ts";

/** The methods that Fresh routes. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Puts the check in front of a handler.
 *
 * @param handler The application.
 * @returns A handler that passes well-formed requests on.
 */
export function refuseMalformed(handler: Deno.ServeHandler): Deno.ServeHandler {
  return function answerWellFormed(request, info) {
    if (!METHODS.includes(request.method)) {
      return problemResponse({
        status: 405,
        code: "unknown-method",
        detail: "Cannot answer request: no route has its method",
        headers: { allow: METHODS.join(", ") },
      });
    }
    return isWellFormed(request.url)
      ? handler(request, info)
      : answerMalformed();
  };
}

/**
 * Answers what a server's handler threw, which with Fresh's means a malformed
 * address; to be given to the server as `onError`.
 *
 * @param error What was thrown.
 * @returns 400 for an address that could not be read.
 * @throws any other error again: Deno logs it and answers 500.
 */
export function answerThrown(error: unknown): Response {
  const isAddress = error instanceof URIError ||
    error instanceof TypeError && error.message.startsWith("Invalid URL");
  if (!isAddress) throw error;
  return answerMalformed();
}

function answerMalformed(): Response {
  return problemResponse({
    status: 400,
    code: "malformed-address",
    detail:
      "Cannot read the address: it is no URL or not properly percent-encoded",
  });
}

/** Only the path is decoded by the router; most have nothing to decode. */
function isWellFormed(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || !url.pathname.includes("%")) return url !== null;
  try {
    decodeURI(url.pathname);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
