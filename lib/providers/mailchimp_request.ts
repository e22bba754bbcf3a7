/**
 * One request to a Mailchimp audience over fetch, and its failure in our words.
 *
 * Why not by Mailchimp's own client: docs/decisions/0004-mailchimp-by-fetch.md.
 * Source: Mailchimp's Marketing API 3.0, "Errors".
 */
import { z } from "zod";
import { type Clock, systemClock } from "../clock.ts";
import { parseJson } from "../parse_json.ts";
import { parseRetryAfter } from "../retry_after.ts";
import { ProviderError } from "./provider_error.ts";

/** How to reach Mailchimp, and which audience. */
export interface MailchimpOptions {
  /** Ends with its data centre, such as `-us21`. */
  readonly apiKey: string;
  readonly audienceId: string;
  /** Default the data centre's address. */
  readonly baseUrl?: string | undefined;
  /** For the answer, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** What a date in Retry-After is compared with. */
  readonly clock?: Clock;
}

/** An answer that is about the request, whatever it says. */
export interface MailchimpAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Mailchimp's name of a problem, or undefined. */
  readonly title: string | undefined;
  readonly body: unknown;
}

/** One request, below the audience's members. */
export interface MailchimpRequest {
  /** What it is for, in the words of an error: `add a subscriber`. */
  readonly task: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Such as `/<id>`. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses beside 2xx that are answers and no failures. */
  readonly accepts: readonly number[];
}

/**
 * Asks, once.
 *
 * @param options Key, audience and address.
 * @param request What to ask.
 * @returns The answer.
 * @throws {ProviderError} for any answer that is none of those expected.
 */
export async function askMailchimp(
  options: MailchimpOptions,
  { task, method, path, body, accepts }: MailchimpRequest,
): Promise<MailchimpAnswer> {
  const { apiKey, audienceId, timeoutMs = 10_000, clock = systemClock } =
    options;
  const dataCentre = apiKey.replace(/^.*-/, "");
  const origin = options.baseUrl ?? `https://${dataCentre}.api.mailchimp.com`;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const response = await fetch(
      `${origin}/3.0/lists/${audienceId}/members${path}`,
      {
        method,
        headers: {
          authorization: `Basic ${btoa(`rollcall:${apiKey}`)}`,
          "content-type": "application/json",
        },
        redirect: "manual", // the key is for Mailchimp alone
        signal: timeout.signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
    );
    const { status, headers } = response;
    const answer = toAnswer(status, await response.text());
    if (response.ok || accepts.includes(status)) return answer;
    const retryAfterMs = parseRetryAfter(
      headers.get("retry-after"),
      clock.now(),
    );
    throw toRefusal(task, status, answer.title, retryAfterMs);
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    const code = timeout.signal.aborted ? "timeout" : "unreachable";
    throw new ProviderError({ provider: "Mailchimp", task, code, cause });
  } finally {
    clearTimeout(timer);
  }
}

function toAnswer(status: number, text: string): MailchimpAnswer {
  const body = parseJson(text);
  const { data } = z.object({ title: z.string() }).safeParse(body);
  return { status, title: data?.title, body };
}

/**
 * What Mailchimp says no to.
 *
 * @param task What could not be done.
 * @param status Of HTTP.
 * @param title Mailchimp's name of the problem, or undefined.
 * @param retryAfterMs How long it wants to be left alone, when it said so.
 * @returns The error, to be thrown.
 */
export function toRefusal(
  task: string,
  status: number,
  title: string | undefined,
  retryAfterMs?: number,
): ProviderError {
  return new ProviderError({
    provider: "Mailchimp",
    task,
    status,
    code: title?.toLowerCase().replaceAll(" ", "_") ?? "no_code",
    retryAfterMs,
  });
}
