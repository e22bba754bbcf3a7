/**
 * Reading an SDK's answer to an execution request.
 *
 * 200 is a result, 206 a list of operations, everything else a failed attempt. What does not bear
 * the SDK's header or a valid signature is a failed attempt too, whatever its status says.
 */
import type { AppResponse } from "./app_driver.ts";
import { isRecord } from "./inbound_event.ts";
import { isTooDeep, MAX_DEPTH, MAX_OUTPUT_CHARS } from "./run_limits.ts";
import { isSignedBy } from "./signature.ts";

const MIN_RETRY_AFTER_MS = 1_000;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;
const MAX_SECONDS_CHARS = 7; // longer values are dates, as on the server

/** An error as the SDK serialises it. */
export interface SerialisedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** One operation that the SDK reports. */
export interface Operation {
  readonly id: string;
  readonly op: string;
  readonly name: string;
  readonly displayName: string;
  readonly opts: Record<string, unknown>;
  readonly data: unknown;
  readonly error: SerialisedError;
}

/** What an answer amounts to. */
export type Reply =
  | {
    readonly kind: "result";
    readonly output: string;
    readonly version: number;
  }
  | {
    readonly kind: "operations";
    readonly operations: readonly Operation[];
    readonly isFinal: boolean;
    readonly retryAtMs: number | undefined;
    readonly version: number;
  }
  | {
    readonly kind: "error";
    readonly error: SerialisedError;
    /** Short text that Inngest puts beside the error: the status, or that retrying is pointless. */
    readonly label: string;
    readonly isFinal: boolean;
    readonly retryAtMs: number | undefined;
  }
  | { readonly kind: "stale" };

/**
 * Reads an answer.
 *
 * @param response what the app answered
 * @param signingKey checks the answer's signature
 * @param nowMs ms since the epoch
 */
export function parseReply(
  response: AppResponse,
  signingKey: string,
  nowMs: number,
): Reply {
  const { status, headers, text } = response;
  if (!headers.has("x-inngest-sdk") && status < 300) {
    return failedAttempt(
      `Cannot use the app's answer: no "x-inngest-sdk" header (HTTP ${status})`,
    );
  }
  if (
    status < 300 &&
    !isSignedBy(headers.get("x-inngest-signature"), text, signingKey)
  ) {
    return failedAttempt(
      "Cannot use the app's answer: its signature is missing or wrong",
    );
  }
  if (text.length > MAX_OUTPUT_CHARS) {
    return failedAttempt("Cannot keep the output: it is larger than 4 MiB");
  }
  const body = parseJson(text);
  if (isTooDeep(body)) {
    return failedAttempt(
      `Cannot use the app's answer: its values nest more than ${MAX_DEPTH} deep`,
    );
  }
  const version = parseVersion(headers.get("x-inngest-req-version"));
  if (status === 200) {
    const isJson = body !== undefined;
    const output = isJson ? text : JSON.stringify(text || null);
    return { kind: "result", output, version };
  }
  const isFinal = headers.get("x-inngest-no-retry") === "true";
  const retryAtMs = parseRetryAfter(headers.get("retry-after"), nowMs);
  if (status === 206) {
    const operations = (Array.isArray(body) ? body : [body]).map(
      parseOperation,
    );
    if (operations.every((operation) => operation !== undefined)) {
      return { kind: "operations", operations, isFinal, retryAtMs, version };
    }
    return failedAttempt(
      "Cannot use the app's answer: its operations are malformed",
    );
  }
  const error = parseError(body, `The app answered HTTP ${status}`);
  if (error.name === "StaleDispatchError") return { kind: "stale" };
  const label = isFinal
    ? "NonRetriableError"
    : `invalid status code: ${status}`;
  return { kind: "error", error, label, isFinal, retryAtMs };
}

/**
 * Describes an attempt that failed outside the app's own code.
 *
 * @param message what could not be done
 * @returns an error that is retried
 */
export function failedAttempt(
  message: string,
): Extract<Reply, { kind: "error" }> {
  const error = { name: "Error", message };
  return {
    kind: "error",
    error,
    label: message,
    isFinal: false,
    retryAtMs: undefined,
  };
}

/**
 * Reads one operation of a 206 answer or of a checkpoint.
 *
 * @param value the operation as it came; unknown members are ignored
 * @returns the operation, or undefined when it is malformed
 */
export function parseOperation(value: unknown): Operation | undefined {
  if (!isRecord(value) || typeof value.op !== "string") return undefined;
  const { id, op, name, displayName, opts, data, error } = value;
  if (typeof id !== "string" && op !== "None") return undefined;
  const shownName = typeof displayName === "string" ? displayName : name;
  return {
    id: typeof id === "string" ? id : "",
    op,
    name: typeof name === "string" ? name : "",
    displayName: typeof shownName === "string" ? shownName : "",
    opts: isRecord(opts) ? opts : {},
    data: data ?? null,
    error: parseError(error, "Unknown error"),
  };
}

function parseError(value: unknown, fallback: string): SerialisedError {
  if (!isRecord(value)) {
    return {
      name: "Error",
      message: typeof value === "string" ? value : fallback,
    };
  }
  const message = value.message ?? value.error ?? fallback;
  return {
    name: typeof value.name === "string" ? value.name : "Error",
    message: typeof message === "string" ? message : fallback,
    ...(typeof value.stack === "string" ? { stack: value.stack } : {}),
    ...(value.cause === undefined ? {} : { cause: value.cause }),
  };
}

/** The SDK has two versions of its protocol; -1 leaves the choice to it. */
function parseVersion(header: string | null): number {
  return header === "1" || header === "2" ? Number(header) : -1;
}

/** Seconds count from the current whole second, as on the server. */
function parseRetryAfter(
  header: string | null,
  nowMs: number,
): number | undefined {
  if (!header) return undefined;
  const isSeconds = header.length <= MAX_SECONDS_CHARS;
  const atMs = isSeconds
    ? Math.floor(nowMs / 1000) * 1000 + Number(header) * 1000
    : Date.parse(header);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(
    nowMs + MAX_RETRY_AFTER_MS,
    Math.max(nowMs + MIN_RETRY_AFTER_MS, atMs),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: the caller sees no operation and no error in it
  }
}
