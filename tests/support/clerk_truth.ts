/** What Clerk knows at a moment of a history: the last word on what exists. */
import type { ReceivedEvent } from "../../functions/received_event.ts";
import type { ToldEvent } from "./histories.ts";

/** The last words on everything that was ever told, by id, and who is gone. */
export interface ClerkTruth {
  readonly users: ReadonlyMap<string, ReceivedEvent>;
  readonly organizations: ReadonlyMap<string, ReceivedEvent>;
  readonly memberships: ReadonlyMap<string, ReceivedEvent>;
  readonly tombstones: ReadonlySet<string>;
}

/**
 * The state after events, in the order in which they happened.
 *
 * @param history As tellHistory() tells it, or the beginning of that.
 * @returns The last word on everything that still exists.
 */
export function truthAfter(history: readonly ToldEvent[]): ClerkTruth {
  const events = history.map(({ event }) => event);
  const tombstones = new Set(
    events.filter(isDeletion).map(({ subject }) => subject ?? ""),
  );
  const lastWords = (prefix: string) =>
    mergeWords(
      events
        .filter((event) => event.type.startsWith(prefix) && !isDeletion(event))
        .filter((event) =>
          ![event.subject, ...parentsOf(event)].some((id) =>
            tombstones.has(id ?? "")
          )
        ),
    );
  return {
    tombstones,
    users: lastWords("user."),
    organizations: lastWords("organization."),
    memberships: lastWords("organizationMembership."),
  };
}

/** What an event leaves out stays as it was. */
function mergeWords(
  events: readonly ReceivedEvent[],
): Map<string, ReceivedEvent> {
  const words = new Map<string, ReceivedEvent>();
  for (const event of events) {
    const id = event.subject ?? "";
    const data = { ...words.get(id)?.data, ...event.data };
    words.set(id, { ...event, data });
  }
  return words;
}

function isDeletion({ type }: ReceivedEvent): boolean {
  return type.endsWith(".deleted");
}

function parentsOf(event: ReceivedEvent): (string | undefined)[] {
  const { organization, public_user_data } = event.data as {
    organization?: { id: string };
    public_user_data?: { user_id: string };
  };
  return [organization?.id, public_user_data?.user_id];
}
