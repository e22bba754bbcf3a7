/** Drift: how Clerk and MongoDB differ, why, since when, and the way to a repair. */
import { HttpError, page } from "fresh";
import { BACKFILL } from "../../../functions/control_job.ts";
import { define } from "../../../lib/define.ts";
import { sendRequest } from "../../../lib/inngest/send_request.ts";
import { type DriftFilter, SCAN_REQUESTED } from "../../../lib/requests.ts";
import type {
  DriftItem,
  DriftReport,
} from "../../../lib/store/drift_documents.ts";
import { countDrift, readDriftPage } from "../../../lib/store/drift_page.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import type { KeysetPage } from "../../../lib/store/keyset_page.ts";
import { DRIFT_CAUSES, DRIFT_KINDS } from "../../../lib/sync/drift.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { AskedBanner } from "../(_components)/AskedBanner.tsx";
import { BackfillPanel } from "../(_components)/BackfillPanel.tsx";
import { DriftChart } from "../(_components)/DriftChart.tsx";
import { readDriftFilter } from "../(_components)/drift_query.ts";
import { DriftTable } from "../(_components)/DriftTable.tsx";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { Figure } from "../(_components)/Figure.tsx";
import { Choice } from "../(_components)/FilterForm.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { linkWith, repairLink } from "../(_components)/links.ts";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Pager } from "../(_components)/Pager.tsx";

interface DriftData {
  readonly hasClerk: boolean;
  readonly attempt: DriftReport | null;
  readonly good: DriftReport | null;
  readonly history: readonly DriftReport[];
  readonly items: KeysetPage<DriftItem>;
  /** Open differences, and those that the filters find. */
  readonly counts: { readonly open: number; readonly found: number };
  readonly backfill: JobDocument | null;
  readonly now: Date;
}

const ROWS = 50;
const CHARTED_SCANS = 60;

/** Counting stops here: what is beyond needs no number. */
const MAX_COUNT = 10_000;

export const handler = define.handlers<DriftData>({
  async GET(ctx) {
    const { store, clerkApi, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const filter = readDriftFilter(searchParams);
    const count = (which: DriftFilter) => countDrift(store, which, MAX_COUNT);
    const [latest, history, items, open, found, backfill] = await Promise.all([
      store.drift.readLatest(),
      store.drift.readHistory(CHARTED_SCANS),
      readDriftPage(store, {
        filter,
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      count({}),
      count(filter),
      store.jobs.readLatest(BACKFILL),
    ]);
    return page({
      ...latest,
      hasClerk: clerkApi !== undefined,
      history,
      items,
      counts: { open, found },
      backfill,
      now: clock.now(),
    });
  },
  async POST(ctx) {
    const { services, session } = ctx.state;
    requireOperator(session);
    if (services.clerkApi === undefined) throw new HttpError(400);
    await sendRequest(services.inngest, { name: SCAN_REQUESTED, data: {} });
    return ctx.redirect(linkWith(ctx.url, { asked: "scan" }), 303);
  },
});

export default define.page<typeof handler>(
  function DriftPage({ data, url, state }) {
    const { hasClerk, items, counts, history, now } = data;
    const canRepair = hasClerk && state.session?.role === "operator";
    return (
      <>
        <PageHead title="Drift" lead="Where Clerk and MongoDB differ, and why">
          {canRepair && counts.found > 0 && (
            <a
              class="button quiet"
              href={repairLink(allOf(url.searchParams))}
            >
              Repair all {formatCount(counts.found)}…
            </a>
          )}
          {canRepair && (
            <form method="post">
              <button type="submit">Scan now</button>
            </form>
          )}
        </PageHead>
        <AskedBanner url={url}>
          {url.searchParams.get("asked") === "scan"
            ? "The scan looks twice, two minutes apart; what it finds is shown here."
            : "Repaired objects leave this list; their time line shows the write."}
        </AskedBanner>
        {!hasClerk && <NoKey />}
        {hasClerk && <Figures data={data} />}
        {history.length > 1 && (
          <section aria-label="History">
            <DriftChart reports={history} />
          </section>
        )}
        <section aria-labelledby="differences">
          <h2 id="differences">Differences</h2>
          {counts.open > 0 && <Filters url={url} />}
          {items.rows.length > 0
            ? <DriftTable items={items.rows} now={now} canRepair={canRepair} />
            : <NoDifference data={data} path={url.pathname} />}
          <Pager url={url} next={items.next} />
        </section>
        {hasClerk && (
          <BackfillPanel
            job={data.backfill}
            now={now}
            isOperator={canRepair}
            next={url.pathname}
          />
        )}
      </>
    );
  },
);

/** The filters of the list, and the wish for all that they find. */
function allOf(params: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams(params);
  query.set("all", "1");
  return query;
}

function formatCount(count: number): string {
  const text = count.toLocaleString("en");
  return count === MAX_COUNT ? `${text}+` : text;
}

function Figures({ data }: { readonly data: DriftData }) {
  const { attempt, good, counts, now } = data;
  if (attempt === null) return null;
  return (
    <dl class="figures">
      <Figure label="Open differences">{formatCount(counts.open)}</Figure>
      <Figure label="Users compared">
        {(good?.checked ?? 0).toLocaleString("en")}
      </Figure>
      <Figure label="Last good scan">
        <Instant at={good?.finished_at ?? null} now={now} />
      </Figure>
      <Figure label={`Last attempt: ${attempt.reason ?? attempt.state}`}>
        <Instant at={attempt.started_at} now={now} />
      </Figure>
    </dl>
  );
}

function Filters({ url }: { readonly url: URL }) {
  const choices = (names: readonly string[]) => ({
    "": "any",
    ...Object.fromEntries(names.map((name) => [name, name])),
  });
  return (
    <form class="filters" method="get" action={url.pathname} role="search">
      <Choice
        url={url}
        name="kind"
        label="Kind"
        options={choices(DRIFT_KINDS)}
      />
      <label>
        <span class="small muted">Field</span>
        <input
          name="field"
          placeholder="any"
          autocomplete="off"
          spellcheck={false}
          value={url.searchParams.get("field") ?? ""}
        />
      </label>
      <Choice
        url={url}
        name="collection"
        label="Of"
        options={choices(["users", "organizations", "memberships"])}
      />
      <Choice
        url={url}
        name="cause"
        label="Likely cause"
        options={{ "": "any", ...DRIFT_CAUSES }}
      />
      <div class="actions">
        <button type="submit">Apply</button>
        <a href={url.pathname}>Clear</a>
      </div>
    </form>
  );
}

interface NoDifferenceProps {
  readonly data: DriftData;
  readonly path: string;
}

function NoDifference({ data, path }: NoDifferenceProps) {
  const { counts, good } = data;
  if (counts.open > 0) {
    return (
      <EmptyState title="No difference matches">
        <a href={path}>Show all that are open</a>
      </EmptyState>
    );
  }
  return good === null
    ? (
      <EmptyState title="Nothing compared yet">
        A scan runs every six hours. It asks Clerk for everything, page by page,
        and looks again after two minutes before it calls anything drift.
      </EmptyState>
    )
    : (
      <EmptyState title="No differences">
        Everything that was compared is the same on both sides.
      </EmptyState>
    );
}

function NoKey() {
  return (
    <section class="banner banner-warn" aria-label="Clerk">
      <div>
        <p class="banner-title">Clerk cannot be asked</p>
        <p>
          Set{" "}
          <code>CLERK_SECRET_KEY</code>, from API keys in Clerk's dashboard, and
          restart: scans and repairs need it.
        </p>
      </div>
    </section>
  );
}
