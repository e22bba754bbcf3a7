/**
 * The numbers and rows of the pages, each beside a count of the documents
 * themselves: all are read and looked through here, without the store's queries.
 */
import { assert, assertEquals } from "@std/assert";
import type { UserDocument } from "../../../lib/sync/user_document.ts";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import { openDashboard } from "./open_dashboard.ts";

const HOUR_MS = 3_600_000;

Deno.test("numbers and rows", async (t) => {
  await using dashboard = await openDashboard({
    CLERK_API_URL: "http://127.0.0.1:2",
    CLERK_SECRET_KEY: "sk_test_nobody",
  });
  const { rollcall } = dashboard;
  const { origin, store } = rollcall;
  await dashboard.seed();
  const cookie = await rollcall.signIn();
  const users = await store.users.documents.find().toArray();
  const events = await store.webhookEvents.documents.find().toArray();
  const letters = await store.deadLetters.documents.find().toArray();
  const items = await store.drift.items.find().toArray();
  const refused = await store.quarantine.documents.find().toArray();

  /** The words of a page, in one line. */
  const read = async (path: string) => {
    const response = await fetch(origin + path, { headers: { cookie } });
    const html = await response.text();
    assertEquals(response.status, 200, path);
    return html.slice(html.indexOf("<main")).replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ");
  };
  /** What the rows of all pages of a list lead to. */
  const list = async (path: string) => {
    const found: string[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const response: Response = await fetch(origin + next, {
        headers: { cookie },
      });
      const html = await response.text();
      for (const [, href] of html.matchAll(/data-row.*?href="([^"]+)"/g)) {
        found.push(decodeURIComponent(href!.split("/").at(-1)!));
      }
      next = /rel="next" href="([^"]+)"/.exec(html)?.[1]
        ?.replaceAll("&amp;", "&");
    }
    return found;
  };
  const idsOf = (rows: readonly { readonly _id: string }[]) =>
    rows.map(({ _id }) => _id).toSorted();

  await t.step("stand on the pages as the documents have them", async () => {
    const open = letters.filter(({ replayed_at }) => replayed_at === null);
    const differences = items.filter(({ state }) => state === "open");
    const scans = await store.drift.reports.find().toArray();
    const newest = scans.toSorted((a, b) =>
      b.started_at.getTime() - a.started_at.getTime()
    )[0];
    const job = await store.jobs.read("job_1");
    const expected = {
      "/dashboard/users": `${users.length} in MongoDB`,
      "/dashboard/events": `${events.length} on record`,
      "/dashboard/events/quarantine": `${refused.length} webhooks refused`,
      "/dashboard/failures": `Replay all ${open.length}…`,
      "/dashboard/drift": `Open differences ${differences.length} `,
      "/dashboard/drift?": `Users compared ${newest?.checked} `,
      "/dashboard/jobs": `${job?.done} of ${job?.total} events, 75 %`,
      "/dashboard/replay?failures=1": `Replay ${open.length} events`,
      "/dashboard/replay": `Replay ${events.length} events`,
    };
    for (const [path, text] of Object.entries(expected)) {
      const shown = await read(path);
      assert(shown.includes(text), `${path}: ${text} is not in ${shown}`);
    }
  });

  await t.step("draw the history of drift as the scans have it", async () => {
    const scans = await store.drift.reports.find({ state: "done" }).toArray();
    const shown = await read("/dashboard/drift");
    const table = shown.slice(shown.indexOf("As a table"));
    for (const { totals } of scans) {
      const { missing, ghost, stale, edited, tombstoned } = totals;
      const row = ` ${missing} ${ghost} ${stale} ${edited} ${tombstoned} `;
      assert(table.includes(row), row);
    }
    assert(shown.includes(`Differences in the last ${scans.length} scans`));
  });

  const begins = (text: string | null, start: string) =>
    (text ?? "").toLowerCase().startsWith(start);
  const hourAgo = Date.now() - HOUR_MS;
  const drifted = new Set(idsOf(items.filter(({ state }) => state === "open")));
  const USER_FILTERS: Record<string, (user: UserDocument) => boolean> = {
    "": () => true,
    "banned=1": ({ banned }) => banned,
    "unverified=1": ({ email_verified }) => email_verified === false,
    "drifted=1": ({ _id }) => drifted.has(_id),
    "banned=1&unverified=1": (user) =>
      user.banned && user.email_verified === false,
    "changed=1h": ({ sync }) => sync.synced_at.getTime() >= hourAgo + 60_000,
    "text=USER11@example": ({ email }) => begins(email, "user11@example"),
    "text=user9": ({ email, username }) =>
      begins(email, "user9") || begins(username, "user9"),
    "text=user_00002": ({ _id }) => _id.startsWith("user_00002"),
    "text=radia lisk": ({ full_name }) => begins(full_name, "radia lisk"),
    "text=lisk": ({ last_name }) => begins(last_name, "lisk"),
    "text=ada&banned=1": ({ full_name, last_name, banned }) =>
      banned && (begins(full_name, "ada") || begins(last_name, "ada")),
    "text=nobody-has-this": () => false,
    "text=user_000003&drifted=1": ({ _id }) => _id === "user_000003",
  };
  for (const [query, isMeant] of Object.entries(USER_FILTERS)) {
    await t.step(`list the users of ?${query}, and export them`, async () => {
      const expected = idsOf(users.filter(isMeant));
      // A minute passes while the test runs: such a user may be in or out.
      const isMoving = query === "changed=1h";
      const listed = (await list(`/dashboard/users?${query}`)).toSorted();
      const missing = expected.filter((id) => !listed.includes(id));
      assertEquals(missing, []);
      assert(
        listed.length - expected.length <= (isMoving ? 2 : 0),
        `${listed.length} instead of ${expected.length}`,
      );
      const csv = await (await fetch(
        `${origin}/dashboard/users/export?format=csv&${query}`,
        { headers: { cookie } },
      )).text();
      const exported = csv.trim().split("\r\n").slice(1)
        .map((line) => line.split(",")[0]);
      if (!isMoving) assertEquals(exported.toSorted(), expected);
    });
  }

  await t.step("sort what a search has found", async () => {
    const listed = await list("/dashboard/users?text=ada&sort=email");
    const emails = listed.map((id) =>
      users.find(({ _id }) => _id === id)?.email
    ).filter((email) => email !== null);
    assertEquals(emails, emails.toSorted());
    assert(emails.length > 5);
  });

  const from = new Date(hourAgo + HOUR_MS / 2);
  const to = new Date(hourAgo + HOUR_MS * 3 / 4);
  const field = (at: Date) => at.toISOString().slice(0, 16);
  const minute = (at: Date) => new Date(`${field(at)}Z`);
  const EVENT_FILTERS: Record<
    string,
    (event: WebhookEventDocument) => boolean
  > = {
    "": () => true,
    "type=user.deleted": ({ type }) => type === "user.deleted",
    "state=failed": ({ state }) => state === "failed",
    "state=discarded": ({ state }) => state === "discarded",
    "type=user.updated&state=discarded": ({ type, state }) =>
      type === "user.updated" && state === "discarded",
    "text=user_000005": ({ subject }) => subject === "user_000005",
    "text=msg_00012": ({ _id }) => _id.startsWith("msg_00012"),
    "text=user_000009&state=failed": ({ subject, state }) =>
      subject === "user_000009" && state === "failed",
    [`from=${field(from)}`]: ({ received_at }) => received_at >= minute(from),
    [`from=${field(from)}&to=${field(to)}&type=user.created`]: (event) =>
      event.type === "user.created" && event.received_at >= minute(from) &&
      event.received_at < minute(to),
    "text=nobody": () => false,
  };
  for (const [query, isMeant] of Object.entries(EVENT_FILTERS)) {
    await t.step(`list the events of ?${query}, and replay them`, async () => {
      const expected = idsOf(events.filter(isMeant));
      const listed = await list(`/dashboard/events?${query}`);
      assertEquals(listed.toSorted(), expected);
      const replay = await read(`/dashboard/replay?${query}`);
      const { length } = expected;
      const text = length === 0
        ? "No event to replay"
        : `Replay ${length === 1 ? "1 event" : `${length} events`}`;
      assert(replay.includes(text), `${text} is not in ${replay}`);
    });
  }

  const DRIFT_FILTERS: Record<string, number> = {
    "kind=edited": items.filter(({ kind }) => kind === "edited").length,
    "field=banned":
      items.filter(({ fields }) =>
        fields.some(({ field }) => field === "banned")
      ).length,
    "cause=lost-deletion":
      items.filter(({ cause }) => cause === "lost-deletion").length,
    "collection=organizations": 0,
  };
  for (const [query, length] of Object.entries(DRIFT_FILTERS)) {
    await t.step(`list the differences of ?${query}`, async () => {
      const listed = await list(`/dashboard/drift?${query}`);
      assertEquals(listed.length, length);
      const shown = await read(`/dashboard/drift?${query}`);
      assertEquals(shown.includes(`Repair all ${length}…`), length > 0);
    });
  }
});
