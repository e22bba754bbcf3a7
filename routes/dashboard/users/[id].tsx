/** One user: the document as it is, and the time line that says why. */
import { type Context, HttpError, page } from "fresh";
import type { Session } from "../../../lib/auth/session.ts";
import { sendRequest } from "../../../lib/inngest/send_request.ts";
import { define, type State } from "../../../lib/define.ts";
import { ERASE_REQUESTED, RECONCILE_REQUESTED } from "../../../lib/requests.ts";
import type { Services } from "../../../lib/services.ts";
import { readUserPage, type UserPage } from "../../../lib/store/user_page.ts";
import { DRIFT_CAUSES } from "../../../lib/sync/drift.ts";
import type { UserDocument } from "../../../lib/sync/user_document.ts";
import { readForm } from "../../(_forms)/read_form.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { AskedBanner } from "../(_components)/AskedBanner.tsx";
import { DriftFields } from "../(_components)/DriftTable.tsx";
import { Fact } from "../(_components)/Fact.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { idOf } from "../(_components)/links.ts";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Payload } from "../(_components)/Payload.tsx";
import { RevealForm } from "../(_components)/RevealForm.tsx";
import { Timeline } from "../(_components)/Timeline.tsx";
import { UserActions } from "../(_components)/UserActions.tsx";
import { UserMarks } from "../(_components)/UserTable.tsx";

interface UserData {
  readonly id: string;
  readonly found: UserPage;
  readonly hasClerk: boolean;
  readonly isRevealed: boolean;
  readonly session: Session | null;
  readonly now: Date;
}

export const handler = define.handlers<UserData>({
  GET: async (ctx) => page(await readUser(ctx, false)),
  async POST(ctx) {
    const { services } = ctx.state;
    const { name: who } = requireOperator(ctx.state.session);
    const id = idOf(ctx.url);
    const form = await readForm(ctx.req);
    const action = String(form.get("action"));
    switch (action) {
      case "reveal":
        await services.store.auditLog.record(
          { who, action: "reveal-metadata", subject: id },
          services.clock,
        );
        return page(await readUser(ctx, true));
      case "sync":
        if (services.clerkApi === undefined) throw new HttpError(400);
        await sendRequest(services.inngest, {
          name: RECONCILE_REQUESTED,
          data: { user_ids: [id], who },
        });
        break;
      case "erase":
        if (form.get("typed") !== id) throw new HttpError(400);
        // The function looks again; this only tells at once.
        if (await isInClerk(services, id)) {
          return ctx.redirect(`${ctx.url.pathname}?refused=erase`, 303);
        }
        await sendRequest(services.inngest, {
          name: ERASE_REQUESTED,
          data: { user_id: id, who },
        });
        break;
      default:
        throw new HttpError(400);
    }
    return ctx.redirect(`${ctx.url.pathname}?asked=${action}`, 303);
  },
});

export default define.page<typeof handler>(function UserDetail({ data, url }) {
  const { id, found, isRevealed, session, now } = data;
  const { user } = found;
  const name = user ? user.full_name ?? user.username : id;
  return (
    <>
      <p class="crumb">
        <a href="/dashboard/users">Users</a>
      </p>
      <PageHead
        title={
          <>
            {name} {user && <UserMarks user={user} />}
          </>
        }
        tab={name}
        lead={<code>{id}</code>}
      >
        {session?.role === "operator" && (
          <UserActions id={id} hasClerk={data.hasClerk} />
        )}
      </PageHead>
      <AskedBanner url={url}>
        {url.searchParams.get("asked") === "erase" ? ERASING : SYNCING}
      </AskedBanner>
      {url.searchParams.has("refused") && <StillInClerk />}
      <DriftNote item={found.drift} now={now} />
      <Absence found={found} now={now} />
      <div class="columns">
        <div>
          {user && <Document user={user} now={now} />}
          {user && (
            <section aria-labelledby="metadata">
              <h2 id="metadata">Public metadata</h2>
              <Payload
                value={{ public_metadata: user.public_metadata }}
                isRevealed={isRevealed}
                label="Public metadata"
              />
              <RevealForm session={session} isRevealed={isRevealed} />
            </section>
          )}
          <Memberships found={found} />
        </div>
        <section aria-labelledby="timeline">
          <h2 id="timeline">What happened</h2>
          <Timeline entries={found.timeline} now={now} />
          {found.isTimelineCut && (
            <p class="muted small">
              The newest entries.{" "}
              <a href={`/dashboard/events?text=${encodeURIComponent(id)}`}>
                All events about this user
              </a>
            </p>
          )}
        </section>
      </div>
    </>
  );
});

async function readUser(
  ctx: Context<State>,
  isRevealed: boolean,
): Promise<UserData> {
  const { services, session } = ctx.state;
  const id = idOf(ctx.url);
  const found = await readUserPage(services.store, id);
  if (found === null) throw new HttpError(404);
  const hasClerk = services.clerkApi !== undefined;
  const now = services.clock.now();
  return { id, found, hasClerk, isRevealed, session, now };
}

const SYNCING =
  "The user is read from Clerk and written, unless something newer is here. The time line shows it.";
const ERASING =
  "What is kept about the user goes in a moment, unless Clerk still has the user; the audit log says so.";

async function isInClerk(
  { hurriedClerkApi: clerkApi }: Services,
  id: string,
): Promise<boolean> {
  return clerkApi !== undefined && await clerkApi.getUser(id) !== null;
}

function StillInClerk() {
  return (
    <section class="banner banner-warn" role="status">
      <div>
        <p class="banner-title">
          Nothing was erased: Clerk still has this user
        </p>
        <p>
          The next webhook would bring it back. Delete the user there first.
        </p>
      </div>
    </section>
  );
}

interface DriftNoteProps {
  readonly item: UserPage["drift"];
  readonly now: Date;
}

/** Field by field, as the last scan confirmed it. */
function DriftNote({ item, now }: DriftNoteProps) {
  if (item === null) return null;
  return (
    <section class="banner banner-warn" aria-label="Drift">
      <div>
        <p class="banner-title">
          Differs from Clerk: {item.kind}, seen{" "}
          <Instant at={item.seen_at} now={now} />
        </p>
        <p>Likely cause: {DRIFT_CAUSES[item.cause]}</p>
        <DriftFields fields={item.fields} />
      </div>
      <a href="/dashboard/drift">All differences</a>
    </section>
  );
}

interface AbsenceProps {
  readonly found: UserPage;
  readonly now: Date;
}

/** Why there is no document. */
function Absence({ found: { user, tombstone }, now }: AbsenceProps) {
  if (user) return null;
  return (
    <section class="banner banner-warn" aria-label="Why there is no document">
      <div>
        <p class="banner-title">
          {tombstone ? "Deleted by Clerk" : "Not in MongoDB"}
        </p>
        <p>
          {tombstone
            ? (
              <>
                The document went{" "}
                <Instant at={tombstone.deleted_at} now={now} />{" "}
                and stays away: older events about this user change nothing.
              </>
            )
            : "Events about this user are on record, but none of them has been applied."}
        </p>
      </div>
    </section>
  );
}

interface DocumentProps {
  readonly user: UserDocument;
  readonly now: Date;
}

function Document({ user, now }: DocumentProps) {
  const { sync, email } = user;
  const verified = email === null ? null : yesNo(user.email_verified);
  return (
    <section aria-labelledby="document">
      <h2 id="document">Document</h2>
      <dl class="facts">
        <Fact label="E-mail">{email}</Fact>
        <Fact label="Verified" isOptional>{verified}</Fact>
        <Fact label="First name">{user.first_name}</Fact>
        <Fact label="Last name">{user.last_name}</Fact>
        <Fact label="User name">{user.username}</Fact>
        <Fact label="Phone">{user.phone}</Fact>
        <Fact label="External id">
          {user.external_id && <code>{user.external_id}</code>}
        </Fact>
        <Fact label="Banned">{yesNo(user.banned)}</Fact>
        <Fact label="Locked">{yesNo(user.locked)}</Fact>
        <Fact label="Created">
          <Instant at={user.clerk_created_at} now={now} />
        </Fact>
        <Fact label="Changed in Clerk">
          <Instant at={user.clerk_updated_at} now={now} />
        </Fact>
        <Fact label="Synced">
          <Instant at={sync.synced_at} now={now} />
        </Fact>
        <Fact label="By way of">{sync.source}</Fact>
        <Fact label="Version">
          <code>{sync.version}</code>
        </Fact>
      </dl>
    </section>
  );
}

function yesNo(value: boolean | null): string {
  return value ? "yes" : "no";
}

function Memberships({ found }: { readonly found: UserPage }) {
  if (found.memberships.length === 0) return null;
  return (
    <section aria-labelledby="memberships">
      <h2 id="memberships">Organizations</h2>
      <dl class="facts">
        {found.memberships.map((membership) => (
          <Fact
            key={membership._id}
            label={membership.role_name ?? membership.role ?? "member"}
          >
            <code>{membership.organization_id}</code>
          </Fact>
        ))}
      </dl>
    </section>
  );
}
