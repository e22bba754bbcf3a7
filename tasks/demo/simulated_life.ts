/**
 * What some fifty invented people do in the simulated instance: sign up, change
 * their names, get banned, found organizations, leave; with a few webhooks lost,
 * one payload that nobody can read and one forged, so that every page of the
 * dashboard has something true to show.
 */
import type { ClerkInstance } from "./clerk_instance/clerk_instance.ts";
import type { ClerkUser } from "./clerk_instance/clerk_user.ts";
import { createRandom } from "./clerk_instance/seeded_random.ts";
import type { SimulatedSvix } from "./simulated_svix.ts";

/** Who lives where, and how their webhooks travel. */
export interface SimulatedLifeOptions {
  readonly instance: ClerkInstance;
  readonly svix: SimulatedSvix;
  readonly seed: number;
}

const FIRST_NAMES =
  "Ada Bela Cyrus Dagny Ewa Fumiko Goran Hedda Ines Juno Kofi Lior Marlo Noor Odell Pim Quentin Rosa Søren Tarn Uma Viggo Wren Yuki Zoë"
    .split(" ");
const LAST_NAMES =
  "Talloway Vexford Quillfeather Lindqvist Márquez Nakagawa Okafor Brandvold Sørensen Abernathy"
    .split(" ");
const PLANS = ["free", "team", "business"];
const PEOPLE = 50;
const SIGN_UP_EVERY_MS = 31 * 3_600_000;
const ORGANIZATIONS = ["Harbour Books", "Northlight Studio", "Fern & Co"];

/**
 * Plays the past: everybody signs up, and much happens to them.
 *
 * @param options Instance, road and seed.
 */
export async function playHistory(
  options: SimulatedLifeOptions,
): Promise<void> {
  const { instance, svix } = options;
  const people: ClerkUser[] = [];
  const nowMs = instance.nowMs();
  for (let index = 0; index < PEOPLE; index++) {
    const joinedMs = nowMs - (PEOPLE - index) * SIGN_UP_EVERY_MS;
    people.push(
      await instance.createUser({
        ...personAt(index),
        created_at: joinedMs,
        updated_at: joinedMs,
      }),
    );
  }
  for (const [index, name] of ORGANIZATIONS.entries()) {
    const organization = await instance.createOrganization({ name });
    for (const user of people.slice(index * 4, index * 4 + 4)) {
      await instance.createMembership({
        organizationId: organization.id,
        userId: user.id,
        role: user === people[index * 4] ? "org:admin" : "org:member",
      });
    }
  }
  for (const [index, user] of people.entries()) {
    if (index % 3 === 0) {
      await instance.updateUser(user.id, {
        public_metadata: { plan: PLANS[index % PLANS.length] },
      });
    }
    if (index % 11 === 5) await instance.updateUser(user.id, { banned: true });
    if (index % 13 === 7) await instance.deleteUser(user.id);
  }
  await svix.flush();
  await loseSome(options, people);
  await spoilSome(svix);
}

/** Changes that the service never hears of: missing, stale and ghost. */
async function loseSome(
  { instance, svix }: SimulatedLifeOptions,
  people: readonly ClerkUser[],
): Promise<void> {
  svix.isLosing = true;
  await instance.createUser(personAt(PEOPLE));
  const alive = people.filter((user) => instance.users.get(user.id));
  for (const user of alive.slice(-3, -1)) {
    await instance.updateUser(user.id, { first_name: "Renamed" });
  }
  for (const user of alive.slice(-1)) await instance.deleteUser(user.id);
  svix.isLosing = false;
}

async function spoilSome(svix: SimulatedSvix): Promise<void> {
  const unreadable = { id: "user_unreadable", email_addresses: "none" };
  await svix.post(
    JSON.stringify({ type: "user.updated", object: "event", data: unreadable }),
    { isForged: false },
  );
  await svix.post(
    JSON.stringify({ type: "user.deleted", data: { id: "user_forged" } }),
    { isForged: true },
  );
}

/**
 * Lives on: one thing happens, to somebody.
 *
 * @param options Instance, road and seed.
 * @param moment Counts the things that have happened.
 */
export async function playMoment(
  { instance, seed }: SimulatedLifeOptions,
  moment: number,
): Promise<void> {
  const random = createRandom(seed + moment);
  const size = instance.users.size;
  const user = instance.users.getAt(
    instance.users.byCreatedAt,
    Math.floor(random() * size),
  );
  const choice = random();
  if (user === undefined || choice < 0.3 || size < PEOPLE / 2) {
    await instance.createUser(personAt(PEOPLE + 1 + moment));
  } else if (choice < 0.85) {
    const plan = PLANS[Math.floor(random() * PLANS.length)];
    await instance.updateUser(user.id, {
      public_metadata: { plan, visits: moment },
    });
  } else {
    await instance.deleteUser(user.id);
  }
}

function personAt(index: number) {
  const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? "";
  const last = LAST_NAMES[(index * 7) % LAST_NAMES.length] ?? "";
  const email = `${first}.${last}.${index}@example.com`
    .toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace("ø", "o");
  return { first_name: first, last_name: last, email };
}
