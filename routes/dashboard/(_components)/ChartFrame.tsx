/** What every chart has around it: title, legend, scales, and the same as a table. */
import type { ComponentChildren } from "preact";
import type { HistoryBucket } from "../../../lib/store/overview_history.ts";
import { CHART, type ChartScale } from "./chart_scale.ts";

/** One thing that a chart shows. */
export interface Series {
  /** CSS class that gives the colour. */
  readonly tone: string;
  readonly label: string;
  /** The value as text, for the table. */
  readonly text: (bucket: HistoryBucket) => string;
}

interface ChartFrameProps {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly buckets: readonly HistoryBucket[];
  readonly series: readonly Series[];
  readonly scale: ChartScale;
  readonly formatTop: (value: number) => string;
  /** The drawing. */
  readonly children: ComponentChildren;
}

export function ChartFrame(props: ChartFrameProps) {
  const { id, title, buckets, series, scale, formatTop, children } = props;
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <span class="chart-title" id={id}>{title}</span>
        <span class="legend" aria-hidden="true">
          {series.map(({ tone, label }) => (
            <span key={tone} class={`key ${tone}`}>{label}</span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <svg
          viewBox={`0 0 ${CHART.width} ${CHART.height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {scale.ticks.map((tick) => (
            <line
              key={tick}
              class="grid"
              x1={0}
              x2={CHART.width}
              y1={scale.y(tick)}
              y2={scale.y(tick)}
            />
          ))}
          {children}
        </svg>
        <span class="tick" aria-hidden="true">
          {formatTop(scale.top)}
        </span>
      </div>
      <TimeAxis buckets={buckets} />
      <details class="as-table" id={`${id}-table`}>
        <summary>As a table</summary>
        <BucketTable title={title} buckets={buckets} series={series} />
      </details>
    </figure>
  );
}

function TimeAxis({ buckets }: Pick<ChartFrameProps, "buckets">) {
  const [first, middle] = [buckets[0], buckets[buckets.length >> 1]];
  return (
    <div class="axis" aria-hidden="true">
      <span>{first && formatStart(first, buckets)}</span>
      <span>{middle && formatStart(middle, buckets)}</span>
      <span>now</span>
    </div>
  );
}

function BucketTable(
  { title, buckets, series }: Pick<
    ChartFrameProps,
    "title" | "buckets" | "series"
  >,
) {
  return (
    <div class="table-frame tall" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th>From (UTC)</th>
            {series.map(({ label }) => <th key={label} class="end">{label}
            </th>)}
          </tr>
        </thead>
        <tbody>
          {buckets.toReversed().map((bucket) => (
            <tr key={bucket.from.getTime()}>
              <td>{formatStart(bucket, buckets)}</td>
              {series.map(({ label, text }) => (
                <td key={label} class="end number">{text(bucket)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const DAY_MS = 86_400_000;

/** The day is said only where the chart has several. */
function formatStart(
  { from }: HistoryBucket,
  buckets: readonly HistoryBucket[],
): string {
  const iso = from.toISOString();
  const start = buckets[0]?.from.getTime() ?? 0;
  const isLong = from.getTime() - start > DAY_MS ||
    (buckets.at(-1)?.from.getTime() ?? 0) - start > DAY_MS;
  return isLong
    ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}`
    : iso.slice(11, 16);
}
