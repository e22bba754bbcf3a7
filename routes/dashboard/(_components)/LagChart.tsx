/** How long events took from Clerk's clock to the commit: median and 95th percentile. */
// @ts-types="@types/d3-shape"
import { line } from "d3-shape";
import type { HistoryBucket } from "../../../lib/store/overview_history.ts";
import { ChartFrame, type Series } from "./ChartFrame.tsx";
import { createChartScale } from "./chart_scale.ts";
import { formatMs } from "./EventTable.tsx";

interface LagChartProps {
  readonly buckets: readonly HistoryBucket[];
}

type Measure = "lagP50Ms" | "lagP95Ms";

const MEASURES: readonly (Series<HistoryBucket> & { readonly key: Measure })[] =
  [
    {
      key: "lagP50Ms",
      tone: "tone-1",
      label: "median",
      text: ({ lagP50Ms }) => formatMs(lagP50Ms),
    },
    {
      key: "lagP95Ms",
      tone: "tone-5",
      label: "95th percentile",
      text: ({ lagP95Ms }) => formatMs(lagP95Ms),
    },
  ];

export function LagChart({ buckets }: LagChartProps) {
  const highest = Math.max(0, ...buckets.map(({ lagP95Ms }) => lagP95Ms ?? 0));
  const scale = createChartScale(buckets, highest);
  return (
    <ChartFrame
      id="lag-chart"
      title="Lag from Clerk to MongoDB"
      buckets={buckets}
      series={MEASURES}
      scale={scale}
      formatTop={formatMs}
    >
      {MEASURES.map(({ key, tone }) => {
        const middle = scale.bandWidth / 2;
        const path = line<HistoryBucket>()
          .defined((bucket) => bucket[key] !== null)
          .x((_, index) => scale.x(index) + middle)
          .y((bucket) => scale.y(bucket[key] ?? 0))
          .digits(1)(buckets);
        return (
          <g key={key} class={tone}>
            {path && <path class="line" d={path} />}
            {buckets.map((bucket, index) =>
              bucket[key] !== null && isAlone(buckets, index, key) && (
                <line
                  key={index}
                  class="line dot"
                  x1={scale.x(index) + middle}
                  x2={scale.x(index) + middle}
                  y1={scale.y(bucket[key])}
                  y2={scale.y(bucket[key])}
                />
              )
            )}
          </g>
        );
      })}
    </ChartFrame>
  );
}

/** A value without neighbours makes no line and needs a dot to be seen. */
function isAlone(
  buckets: readonly HistoryBucket[],
  index: number,
  key: Measure,
): boolean {
  return [buckets[index - 1], buckets[index + 1]].every((neighbour) =>
    (neighbour?.[key] ?? null) === null
  );
}
