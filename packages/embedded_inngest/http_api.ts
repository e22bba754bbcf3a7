/**
 * The routes of the engine's HTTP API and who may call them.
 *
 * Events are authenticated by the key in their path, everything else by the SDK's Bearer; only
 * `GET /health` is open. What is unknown is answered with a JSON 404, as the SDK expects.
 */
import { timingSafeEqual } from "node:crypto";
import { type ApiAnswer, type ApiRequest, refuse } from "./api_message.ts";
import { receiveCheckpoint } from "./checkpoint_api.ts";
import { receiveEvents } from "./event_api.ts";
import { findGap, IS_NOT_IMPLEMENTED } from "./gaps.ts";
import type { InFlight } from "./in_flight.ts";
import { receiveRegistration, type Registrar } from "./registration.ts";
import { answerRest } from "./rest_api.ts";
import { hashSigningKey } from "./signature.ts";

const CHECKPOINT_PATH = /^\/v1\/checkpoint\/([^/]+)\/async$/;
const EVENT_PATH = /^\/e\/([^/]*)$/;

/** Answers a request to the API. */
export type ApiHandler = (request: ApiRequest) => Promise<ApiAnswer>;

/**
 * Makes the API of an engine.
 *
 * @param registrar the engine's parts, its apps and its signing key
 * @param inFlight the requests that checkpoints may come from
 * @param eventKey the key that events are sent under
 */
export function createHttpApi(
  registrar: Registrar,
  inFlight: InFlight,
  eventKey: string,
): ApiHandler {
  const { kernel } = registrar;
  const bearer = `Bearer ${hashSigningKey(registrar.signingKey)}`;
  return async function answer(request: ApiRequest): Promise<ApiAnswer> {
    const { method, url: { pathname } } = request;
    const givenKey = EVENT_PATH.exec(pathname)?.[1];
    if (givenKey !== undefined) {
      if (method !== "POST") {
        return refuse(405, `Cannot ${method} events: POST them`);
      }
      return isSame(decodeURIComponent(givenKey), eventKey)
        ? await receiveEvents(kernel, request)
        : {
          status: 401,
          body: { status: 401, message: "", error: "Event key not found" },
        };
    }
    if (pathname === "/health") {
      return { status: 200, body: { status: 200, message: "OK" } };
    }
    if (!isSame(request.headers.get("authorization") ?? "", bearer)) {
      return refuse(401, "Authentication failed");
    }
    const checkpointRunId = CHECKPOINT_PATH.exec(pathname)?.[1];
    if (checkpointRunId !== undefined && method === "POST") {
      return await receiveCheckpoint(
        kernel,
        inFlight,
        checkpointRunId,
        request,
      );
    }
    if (pathname === "/fn/register" && method === "POST") {
      return await receiveRegistration(registrar, request);
    }
    const gap = findGap(pathname);
    return gap === undefined
      ? await answerRest(kernel, inFlight, request)
      : refuse(
        501,
        `Cannot ${method} ${pathname}: ${gap} ${IS_NOT_IMPLEMENTED}`,
      );
  };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) =>
    new TextEncoder().encode(text)
  );
  return a !== undefined && b !== undefined && a.length === b.length &&
    timingSafeEqual(a, b);
}
