/** What every chart has around it: title, legend, scales, and the same as a table. */
import type { ComponentChildren } from "preact";
import { CHART, type ChartScale } from "./chart_scale.ts";

/** What stands at one place of a chart. */
export interface ChartBucket {
  /** Where its time begins. */
  readonly from: Date;
}

/** One thing that a chart shows. */
export interface Series<B extends ChartBucket> {
  /** CSS class that gives the colour. */
  readonly tone: string;
  readonly label: string;
  /** The value as text, for the table. */
  readonly text: (bucket: B) => string;
}

interface ChartFrameProps<B extends ChartBucket> {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly buckets: readonly B[];
  readonly series: readonly Series<B>[];
  readonly scale: ChartScale;
  readonly formatTop: (value: number) => string;
  /** The drawing. */
  readonly children: ComponentChildren;
}

export function ChartFrame<B extends ChartBucket>(props: ChartFrameProps<B>) {
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

function TimeAxis(
  { buckets }: { readonly buckets: readonly ChartBucket[] },
) {
  const [first, middle] = [buckets[0], buckets[buckets.length >> 1]];
  return (
    <div class="axis" aria-hidden="true">
      <span>{first && formatStart(first, buckets)}</span>
      <span>{middle && formatStart(middle, buckets)}</span>
      <span>now</span>
    </div>
  );
}

function BucketTable<B extends ChartBucket>(
  { title, buckets, series }: Pick<
    ChartFrameProps<B>,
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
  { from }: ChartBucket,
  buckets: readonly ChartBucket[],
): string {
  const iso = from.toISOString();
  const start = buckets[0]?.from.getTime() ?? 0;
  const isLong = from.getTime() - start > DAY_MS ||
    (buckets.at(-1)?.from.getTime() ?? 0) - start > DAY_MS;
  return isLong
    ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}`
    : iso.slice(11, 16);
}
