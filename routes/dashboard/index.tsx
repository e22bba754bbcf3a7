/** Overview: whether all is well, the figures, the charts and the newest events. */
import { page } from "fresh";
import type { Config } from "../../lib/config.ts";
import { define } from "../../lib/define.ts";
import { type Overview, readOverview } from "../../lib/store/overview.ts";
import {
  type HistoryBucket,
  type Span,
  SPANS,
} from "../../lib/store/overview_history.ts";
import { EventChart } from "./(_components)/EventChart.tsx";
import { EventTable, formatMs } from "./(_components)/EventTable.tsx";
import { FailureChart } from "./(_components)/FailureChart.tsx";
import { Figure } from "./(_components)/Figure.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import { LagChart } from "./(_components)/LagChart.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";
import { type Health, readHealth } from "./(_components)/read_health.ts";
import { SetupGuide } from "./(_components)/SetupGuide.tsx";

interface OverviewData {
  readonly health: Health;
  readonly overview: Overview;
  readonly span: Span;
  readonly history: readonly HistoryBucket[];
  readonly config: Config;
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
    return page({
      health,
      overview,
      span,
      history,
      config: services.config,
      now,
    });
  },
});

export default define.page<typeof handler>(function OverviewPage(
  { data, url },
) {
  const { health, overview, now } = data;
  return (
    <>
      <PageHead title="Overview" />
      <Banner health={health} />
      <Figures overview={overview} now={now} />
      {overview.eventCount === 0
        ? <SetupGuide config={data.config} url={url} />
        : <Activity data={data} />}
    </>
  );
});

function Activity({ data }: { readonly data: OverviewData }) {
  const { overview, history, now } = data;
  return (
    <>
      <SpanChoice chosen={data.span} />
      <div class="charts">
        <EventChart buckets={history} />
        <LagChart buckets={history} />
        <FailureChart buckets={history} />
      </div>
      <section aria-labelledby="newest-events">
        <div class="section-head">
          <h2 id="newest-events">Newest events</h2>
          <a href="/dashboard/events">All events</a>
        </div>
        <EventTable
          events={overview.newestEvents}
          now={now}
          label="Newest events"
        />
      </section>
    </>
  );
}

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

interface FiguresProps {
  readonly overview: Overview;
  readonly now: Date;
}

function Figures({ overview, now }: FiguresProps) {
  const { failureCount, driftCount } = overview;
  return (
    <dl class="figures">
      <Figure label="Users" href="/dashboard/users">
        {overview.userCount.toLocaleString("en")}
      </Figure>
      <Figure label="Events, last hour" href="/dashboard/events">
        {overview.recentCount.toLocaleString("en")}
      </Figure>
      <Figure label="Lag, p95" href="/dashboard/system#freshness">
        {formatMs(overview.lagP95Ms)}
      </Figure>
      <Figure
        label="Failures"
        href="/dashboard/failures"
        level={failureCount > 0 ? "bad" : undefined}
      >
        {failureCount.toLocaleString("en")}
      </Figure>
      <Figure
        label="Drift"
        href="/dashboard/drift"
        level={driftCount > 0 ? "warn" : undefined}
      >
        {driftCount.toLocaleString("en")}
      </Figure>
      <Figure label="Last good scan" href="/dashboard/drift">
        <Instant at={overview.lastGoodScanAt} now={now} />
      </Figure>
    </dl>
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
