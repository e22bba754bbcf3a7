/** Overview: whether all is well, the figures, the charts and the newest events. */
import { page } from "fresh";
import { define } from "../../lib/define.ts";
import { type Overview, readOverview } from "../../lib/store/overview.ts";
import {
  type HistoryBucket,
  type Span,
  SPANS,
} from "../../lib/store/overview_history.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { EventChart } from "./(_components)/EventChart.tsx";
import { EventTable, formatMs } from "./(_components)/EventTable.tsx";
import { LagChart } from "./(_components)/LagChart.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";
import { type Health, readHealth } from "./(_components)/read_health.ts";

interface OverviewData {
  readonly health: Health;
  readonly overview: Overview;
  readonly span: Span;
  readonly history: readonly HistoryBucket[];
  readonly now: Date;
}

const ROWS = 10;

export const handler = define.handlers<OverviewData>({
  async GET(ctx) {
    const { services } = ctx.state;
    const now = services.clock.now();
    const span = toSpan(ctx.url.searchParams.get("span"));
    const [overview, history] = await Promise.all([
      readOverview(services.store, { now, rows: ROWS }),
      services.store.readHistory(span, now),
    ]);
    const health = await readHealth(services, overview);
    return page({ health, overview, span, history, now });
  },
});

export default define.page<typeof handler>(function OverviewPage({ data }) {
  const { health, overview, history, now } = data;
  return (
    <>
      <PageHead title="Overview" />
      <Banner health={health} />
      <Figures overview={overview} />
      <SpanChoice chosen={data.span} />
      <div class="charts">
        <EventChart buckets={history} />
        <LagChart buckets={history} />
      </div>
      <section aria-labelledby="newest-events">
        <div class="section-head">
          <h2 id="newest-events">Newest events</h2>
          <a href="/dashboard/events">All events</a>
        </div>
        {overview.newestEvents.length === 0
          ? (
            <EmptyState title="No event has arrived yet">
              Point a webhook endpoint of Clerk at{" "}
              <code>/api/webhooks/clerk</code>, or try{" "}
              <code>deno task demo</code>.
            </EmptyState>
          )
          : (
            <EventTable
              events={overview.newestEvents}
              now={now}
              label="Newest events"
            />
          )}
      </section>
    </>
  );
});

function Banner({ health }: { readonly health: Health }) {
  return (
    <section class={`banner banner-${health.level}`} aria-label="Health">
      <div>
        <p class="banner-title">{health.title}</p>
        <p>{health.detail}</p>
      </div>
      {health.link && <a href={health.link.href}>{health.link.text}</a>}
    </section>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { failureCount } = overview;
  return (
    <dl class="figures">
      <Figure label="Users" href="/dashboard/users">
        {overview.userCount.toLocaleString("en")}
      </Figure>
      <Figure label="Events in the last hour" href="/dashboard/events">
        {overview.recentCount.toLocaleString("en")}
      </Figure>
      <Figure label="Lag, 95th percentile">
        {formatMs(overview.lagP95Ms)}
      </Figure>
      <Figure
        label="Failures"
        href="/dashboard/failures"
        isBad={failureCount > 0}
      >
        {failureCount.toLocaleString("en")}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly href?: string;
  readonly isBad?: boolean;
  readonly children: string;
}

function Figure({ label, href, isBad = false, children }: FigureProps) {
  return (
    <div class={isBad ? "figure figure-bad" : "figure"}>
      <dt>{href ? <a href={href}>{label}</a> : label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SpanChoice({ chosen }: { readonly chosen: Span }) {
  return (
    <div class="section-head">
      <h2>Activity</h2>
      <nav class="choice" aria-label="Time shown">
        {Object.entries(SPANS).map(([span, { label }]) => (
          <a
            key={span}
            href={`/dashboard?span=${span}`}
            aria-current={span === chosen ? "true" : "false"}
          >
            {label}
          </a>
        ))}
      </nav>
    </div>
  );
}

function toSpan(text: string | null): Span {
  return text !== null && Object.hasOwn(SPANS, text) ? text as Span : "1h";
}
