/** Waits for a word of the live feed in this process, with a bound. */
import type { LiveFeed, LiveMessage } from "../../lib/live_feed.ts";
import { withDeadline } from "./with_deadline.ts";

/** No wait is longer, ms. */
const PATIENCE_MS = 30_000;

/** A message of one kind. */
type MessageOf<Kind extends LiveMessage["kind"]> = Extract<
  LiveMessage,
  { kind: Kind }
>;

/** Which message is waited for, and what makes it come. */
export interface HearOptions<Kind extends LiveMessage["kind"]> {
  readonly kind: Kind;
  /** Default: the first of its kind. */
  readonly isMeant?: (message: MessageOf<Kind>) => boolean;
  /** Messages are heard from before it on. */
  readonly act: () => Promise<unknown>;
}

/**
 * Acts, and waits for a message.
 *
 * @param feed Where it comes.
 * @param options Which one.
 * @returns The message.
 * @throws {Error} when none comes.
 */
export async function hearNext<Kind extends LiveMessage["kind"]>(
  feed: Pick<LiveFeed, "subscribe">,
  { kind, isMeant = () => true, act }: HearOptions<Kind>,
): Promise<MessageOf<Kind>> {
  const heard = Promise.withResolvers<MessageOf<Kind>>();
  using _listener = feed.subscribe({
    next: (message) => {
      if (isOf(message, kind) && isMeant(message)) heard.resolve(message);
    },
    end: () => heard.reject(new Error(`Cannot wait longer: ${kind}`)),
  });
  const both = Promise.all([heard.promise, act()]);
  const [message] = await withDeadline(both, () => kind, PATIENCE_MS);
  return message;
}

function isOf<Kind extends LiveMessage["kind"]>(
  message: LiveMessage,
  kind: Kind,
): message is MessageOf<Kind> {
  return message.kind === kind;
}
