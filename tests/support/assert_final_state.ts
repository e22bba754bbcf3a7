/** Whether MongoDB ended where the history, told in order, ends. */
import { assert, assertEquals } from "@std/assert";
import type { ReceivedEvent } from "../../functions/received_event.ts";
import {
  clerkMembership,
  clerkOrganization,
  clerkUser,
} from "../../lib/events.ts";
import type { Store } from "../../lib/store/store.ts";
import { primaryEmail } from "../../lib/sync/primary_contact.ts";
import {
  EMPTY_USER,
  toUserFields,
  type UserDocument,
} from "../../lib/sync/user_document.ts";
import { truthAfter } from "./clerk_truth.ts";
import type { Themes } from "./deliver_history.ts";
import type { ToldEvent } from "./histories.ts";

/** The words that are known of each id. */
type Words = ReadonlyMap<string, ReceivedEvent>;

/** A user with a field of the application's. */
type ThemedUser = UserDocument & { theme?: string };

/**
 * Compares the whole database with the history.
 *
 * @param store Where everything was delivered.
 * @param history What happened.
 * @param themes What the application wrote.
 */
export async function assertFinalState(
  store: Store,
  history: readonly ToldEvent[],
  themes: Themes,
): Promise<void> {
  const truth = truthAfter(history);
  const documents = await store.users.documents.find().sort({ _id: 1 })
    .toArray() as ThemedUser[];
  for (const { _id, theme } of documents) {
    assertEquals(theme, themes.get(_id), `the application's field of ${_id}`);
  }
  // What the application made and Clerk never told of stays as it is.
  const users = documents.filter((user) => user.sync !== undefined);
  assertUsers(users, truth.users);
  assertUsernames(users, history);
  await assertOthers(store, truth);
  const tombstones = await store.users.tombstones.find().toArray();
  assertEquals(new Set(tombstones.map(({ _id }) => _id)), truth.tombstones);
}

function assertUsers(users: readonly ThemedUser[], words: Words): void {
  assertEquals<unknown>(
    users.map(({ username: _username, theme: _theme, sync, ...fields }) => ({
      // Adopted, a document of the application's lacks what nobody has told.
      ...EMPTY_USER,
      ...fields,
      version: sync.version,
      // Read from Clerk, it carries the time of reading; its values are the same.
      event: sync.source === "fetch" ? "fetched" : sync.event_id,
    })),
    [...words].sort().map(([_id, event], index) => {
      const user = clerkUser.parse(event.data);
      const isFetched = users[index]?.sync.source === "fetch";
      return {
        _id,
        ...EMPTY_USER,
        ...toUserFields(user),
        version: user.updated_at,
        event: isFetched ? "fetched" : event.origin?.id ?? null,
      };
    }),
  );
}

/**
 * A name that Clerk gave or that follows from an address, and a suffix only where
 * somebody else wanted the same.
 */
function assertUsernames(
  users: readonly ThemedUser[],
  history: readonly ToldEvent[],
): void {
  const wanted = Map.groupBy(
    history.filter(({ event }) => event.type === "user.updated"),
    ({ event }) => event.subject ?? "",
  );
  const namesOf = (id: string) =>
    new Set((wanted.get(id) ?? []).flatMap(({ event }) => toNames(event)));
  for (const { _id, username, sync } of users) {
    const others = new Set(
      [...wanted.keys()].filter((id) => id !== _id)
        .flatMap((id) => [...namesOf(id)]),
    );
    const legal = sync.clerk_username === null
      ? [...namesOf(_id)]
      : [sync.clerk_username];
    assert(
      legal.some((name) =>
        username === name ||
        others.has(name) && username.startsWith(name) &&
          /^_[a-z0-9]{6}$/.test(username.slice(name.length))
      ),
      `${_id} may not be called ${username}`,
    );
    const last = wanted.get(_id)?.at(-1)?.event;
    assertEquals(sync.clerk_username, clerkUser.parse(last?.data).username);
  }
  assertEquals(new Set(users.map((user) => user.username)).size, users.length);
}

function toNames(event: ReceivedEvent): string[] {
  const user = clerkUser.parse(event.data);
  const local = primaryEmail(user)?.address.split("@")[0];
  return [user.username, local].filter((name) => typeof name === "string");
}

async function assertOthers(
  store: Store,
  truth: ReturnType<typeof truthAfter>,
): Promise<void> {
  const organizations = await store.organizations.documents.find()
    .sort({ _id: 1 }).toArray();
  // Its place in the order may come from a membership that had it embedded.
  assertEquals<unknown>(
    organizations.map(({ _id, name, slug, sync }) => [
      _id,
      name,
      slug,
      sync.version,
    ]),
    [...truth.organizations].sort().map(([id, event]) => {
      const { name, slug, updated_at } = clerkOrganization.parse(event.data);
      return [id, name, slug ?? null, updated_at];
    }),
  );
  const memberships = await store.memberships.documents.find().sort({ _id: 1 })
    .toArray();
  assertEquals<unknown>(
    memberships.map(({ _id, role, organization_id, user_id, sync }) => [
      _id,
      role,
      organization_id,
      user_id,
      sync.event_id,
    ]),
    [...truth.memberships].sort().map(([id, event]) => {
      const membership = clerkMembership.parse(event.data);
      return [
        id,
        membership.role,
        membership.organization?.id,
        membership.public_user_data?.user_id,
        event.origin?.id ?? null,
      ];
    }),
  );
}
