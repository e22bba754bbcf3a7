/** What every chart has around it: title, legend, scales, and the same as a table. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { CHART, type ChartScale } from "./chart_scale.ts";
import { TimeFormatContext } from "./TimeFormatContext.ts";

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
  /** Whether the last bucket is the present; if not, it has a time too. */
  readonly endsNow?: boolean;
  /** The drawing. */
  readonly children: ComponentChildren;
}

export function ChartFrame<B extends ChartBucket>(props: ChartFrameProps<B>) {
  const { id, title, buckets, series, scale, formatTop, children } = props;
  const { endsNow = true } = props;
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
      <TimeAxis buckets={buckets} endsNow={endsNow} />
      <details class="as-table" id={`${id}-table`}>
        <summary>As a table</summary>
        <BucketTable title={title} buckets={buckets} series={series} />
      </details>
    </figure>
  );
}

interface TimeAxisProps {
  readonly buckets: readonly ChartBucket[];
  readonly endsNow: boolean;
}

function TimeAxis({ buckets, endsNow }: TimeAxisProps) {
  const formatStart = useStartFormat(buckets);
  const [first, middle] = [buckets[0], buckets[buckets.length >> 1]];
  const last = endsNow ? undefined : buckets.at(-1);
  return (
    <div class="axis" aria-hidden="true">
      <span>{first && formatStart(first)}</span>
      <span>{middle && formatStart(middle)}</span>
      <span>{last ? formatStart(last) : "now"}</span>
    </div>
  );
}

function BucketTable<B extends ChartBucket>(
  { title, buckets, series }: Pick<
    ChartFrameProps<B>,
    "title" | "buckets" | "series"
  >,
) {
  const { zone } = useContext(TimeFormatContext);
  const formatStart = useStartFormat(buckets);
  return (
    <div class="table-frame tall" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th>From ({zone})</th>
            {series.map(({ label }) => <th key={label} class="end">{label}
            </th>)}
          </tr>
        </thead>
        <tbody>
          {buckets.toReversed().map((bucket) => (
            <tr key={bucket.from.getTime()}>
              <td>{formatStart(bucket)}</td>
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

/** Writes times in the chosen zone; the day only where the chart has several. */
function useStartFormat(buckets: readonly ChartBucket[]) {
  const { format } = useContext(TimeFormatContext);
  const lengthMs = (buckets.at(-1)?.from.getTime() ?? 0) -
    (buckets[0]?.from.getTime() ?? 0);
  // As in "2026-11-26 12:34:56 UTC".
  const begin = lengthMs >= DAY_MS ? "2026-".length : "2026-11-26 ".length;
  return ({ from }: ChartBucket) =>
    format(from).slice(begin, "2026-11-26 12:34".length);
}
