/**
 * A fake of Slack's incoming webhooks: it takes JSON with a text at one secret
 * path, answers `ok` as plain text, and everything else with Slack's own words.
 *
 * Source: Slack's "Handling errors" of incoming webhooks.
 */
import {
  type FakeProvider,
  type SeenCall,
  startFakeProvider,
} from "./fake_provider.ts";
import { withDeadline } from "../with_deadline.ts";

/** A message as a reader sees it. */
export interface SlackMessage {
  readonly text: string;
  readonly color: string;
  readonly detail: string;
  readonly url: string;
}

/** The running fake. */
export interface FakeSlack extends FakeProvider {
  /** Where to post to. */
  readonly hookUrl: string;
  /** What was taken, in order. */
  readonly messages: readonly SlackMessage[];
  /** Waits for the next message that nobody has waited for. */
  next(): Promise<SlackMessage>;
}

const PATH = "/services/T000/B000/secret";
/** No wait of a test is longer, ms. */
const PATIENCE_MS = 90_000;

/** @returns A fake on 127.0.0.1. */
export function startSlack(): FakeSlack {
  const messages: SlackMessage[] = [];
  const arrivals = new EventTarget();
  let read = 0;
  const provider = startFakeProvider((call) => {
    const refusal = findRefusal(call);
    if (refusal !== undefined) return refusal;
    const { text, attachments: [attachment] } = JSON.parse(call.body);
    messages.push({
      text,
      color: attachment.color,
      detail: attachment.text,
      url: attachment.title_link,
    });
    arrivals.dispatchEvent(new Event("message"));
    return new Response("ok");
  });
  return {
    ...provider,
    hookUrl: `${provider.url}${PATH}`,
    messages,
    async next() {
      const index = read++;
      while (messages[index] === undefined) await nextEvent(arrivals);
      return messages[index];
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

function findRefusal({ method, url, headers, body }: SeenCall) {
  if (url.pathname !== PATH) {
    return new Response("no_service", { status: 404 });
  }
  if (method !== "POST") {
    return new Response("http_method_not_allowed", { status: 405 });
  }
  if (headers.get("content-type") !== "application/json") {
    return new Response("invalid_payload", { status: 400 });
  }
  const { text } = JSON.parse(body);
  return typeof text === "string" && text !== ""
    ? undefined
    : new Response("no_text", { status: 400 });
}

async function nextEvent(target: EventTarget): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  target.addEventListener("message", () => resolve(), { once: true });
  await withDeadline(promise, () => "a message", PATIENCE_MS);
}
