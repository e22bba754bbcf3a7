/** Quarantine: webhooks that were refused at the door, why, and what to do. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import { sendRequest } from "../../../lib/inngest/send_request.ts";
import type { KeysetPage } from "../../../lib/store/keyset_page.ts";
import { QUARANTINE_CHECK_REQUESTED } from "../../../lib/requests.ts";
import { MAX_QUARANTINED } from "../../../lib/store/quarantine.ts";
import {
  type QuarantineRow,
  readQuarantine,
} from "../../../lib/store/quarantine_page.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { AskedBanner } from "../(_components)/AskedBanner.tsx";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { EventTabs } from "../(_components)/EventTabs.tsx";
import { Choice } from "../(_components)/FilterForm.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { linkWith } from "../(_components)/links.ts";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Pager } from "../(_components)/Pager.tsx";
import { refusalOf, REFUSALS } from "../(_components)/refusals.ts";

interface QuarantineData {
  readonly refused: KeysetPage<QuarantineRow>;
  readonly total: number;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<QuarantineData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const [refused, total] = await Promise.all([
      readQuarantine(store, {
        reason: searchParams.get("reason") || null,
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      store.quarantine.documents.estimatedDocumentCount(),
    ]);
    return page({ refused, total, now: clock.now() });
  },
  async POST(ctx) {
    const { name: who } = requireOperator(ctx.state.session);
    await sendRequest(ctx.state.services.inngest, {
      name: QUARANTINE_CHECK_REQUESTED,
      data: { who },
    });
    return ctx.redirect(linkWith(ctx.url, { asked: "1" }), 303);
  },
});

export default define.page<typeof handler>(
  function QuarantinePage({ data: { refused, total, now }, url, state }) {
    const canCheck = refused.rows.some(canBeGenuine) &&
      state.session?.role === "operator";
    return (
      <>
        <PageHead
          title="Quarantine"
          lead={`${
            total === 1
              ? "One webhook"
              : `${total.toLocaleString("en")} webhooks`
          } refused at the door in the last 7 days, at most the newest ${
            MAX_QUARANTINED.toLocaleString("en")
          }`}
        >
          {canCheck && (
            <form method="post" action={linkWith(url, {})}>
              <button type="submit" class="quiet">Verify again</button>
            </form>
          )}
          <EventTabs isQuarantine />
        </PageHead>
        <AskedBanner url={url}>
          What one of the present secrets verifies goes the way of every other
          event; the rest stays here.
        </AskedBanner>
        {total > 0 && <ReasonForm url={url} />}
        {refused.rows.length === 0
          ? <NothingRefused total={total} path={url.pathname} />
          : (
            <>
              <Advice rows={refused.rows} />
              <RefusedTable rows={refused.rows} now={now} />
            </>
          )}
        <Pager url={url} next={refused.next} />
      </>
    );
  },
);

/** Only a wrong signature can be made good, by the right secret. */
function canBeGenuine({ reason, released_at }: QuarantineRow): boolean {
  return reason === "bad-signature" && released_at === null;
}

function ReasonForm({ url }: { readonly url: URL }) {
  const reasons = Object.entries(REFUSALS).map(([code, { title }]) =>
    [code, title] as const
  );
  return (
    <form class="filters" method="get" action={url.pathname}>
      <Choice
        url={url}
        name="reason"
        label="Reason"
        options={{ "": "any", ...Object.fromEntries(reasons) }}
      />
      <div class="actions">
        <button type="submit">Apply</button>
      </div>
    </form>
  );
}

interface RowsProps {
  readonly rows: readonly QuarantineRow[];
}

/** Once for each reason on the page. */
function Advice({ rows }: RowsProps) {
  const reasons = [...new Set(rows.map(({ reason }) => reason))];
  return (
    <section aria-labelledby="advice">
      <h2 id="advice">What to do</h2>
      <dl class="job">
        {reasons.map((reason) => (
          <div key={reason}>
            <dt>
              <strong>{refusalOf(reason).title}</strong>
            </dt>
            <dd>{refusalOf(reason).advice}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function RefusedTable({ rows, now }: RowsProps & { readonly now: Date }) {
  return (
    <section aria-labelledby="refused">
      <h2 id="refused">Refused</h2>
      <div class="table-frame">
        <table aria-labelledby="refused">
          <thead>
            <tr>
              <th>Message</th>
              <th>Answered</th>
              <th class="end wide">Size</th>
              <th class="end">Refused</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row._id} data-row>
                <td>
                  <details id={`refused-${row._id}`}>
                    <summary>
                      <code>{messageIdOf(row) ?? "without an id"}</code>
                    </summary>
                    <Details row={row} />
                  </details>
                </td>
                <td>
                  <span class="badge badge-failed">{row.status}</span>
                  {refusalOf(row.reason).title}
                  {row.released_at && (
                    <span class="below">
                      verified and sent on{" "}
                      <Instant at={row.released_at} now={now} />
                    </span>
                  )}
                </td>
                <td class="end number wide">
                  {row.size_bytes.toLocaleString("en")} bytes
                </td>
                <td class="end">
                  <Instant at={row.at} now={now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function messageIdOf({ headers }: QuarantineRow): string | undefined {
  return headers["svix-id"] ?? headers["webhook-id"];
}

/** The body is redacted before it is stored; only its start is. */
function Details({ row }: { readonly row: QuarantineRow }) {
  return (
    <>
      <dl>
        {Object.entries(row.headers).map(([name, value]) => (
          <div key={name} class="small">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <pre class="payload" tabIndex={0} role="region" aria-label="Body">
        {row.body || "(empty)"}
      </pre>
    </>
  );
}

interface NothingRefusedProps {
  readonly total: number;
  readonly path: string;
}

function NothingRefused({ total, path }: NothingRefusedProps) {
  return total === 0
    ? (
      <EmptyState title="Nothing was refused">
        A webhook ends up here when its signature or its shape is wrong, for
        seven days. Events that were taken are under{" "}
        <a href="/dashboard/events">Events</a>.
      </EmptyState>
    )
    : (
      <EmptyState title="Nothing was refused for this reason">
        <a href={path}>Show all reasons</a>
      </EmptyState>
    );
}
