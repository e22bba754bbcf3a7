/** Events by type as stacked bars, failures as a line of marks under them. */
import type { HistoryBucket } from "../../../lib/store/overview_history.ts";
import { ChartFrame, type Series } from "./ChartFrame.tsx";
import { CHART, createChartScale } from "./chart_scale.ts";
import { StackedBars } from "./StackedBars.tsx";

interface EventChartProps {
  readonly buckets: readonly HistoryBucket[];
}

/** Bottom to top. */
const KINDS = [
  { key: "user.updated", tone: "tone-1", label: "user.updated" },
  { key: "user.created", tone: "tone-2", label: "user.created" },
  { key: "user.deleted", tone: "tone-3", label: "user.deleted" },
  { key: "other", tone: "tone-4", label: "other" },
] as const;

const SERIES: readonly Series<HistoryBucket>[] = [
  ...KINDS.map(({ key, tone, label }) => ({
    tone,
    label,
    text: ({ counts }: HistoryBucket) => counts[key].toLocaleString("en"),
  })),
  {
    tone: "tone-bad",
    label: "failed",
    text: ({ failed }) => failed.toLocaleString("en"),
  },
];

export function EventChart({ buckets }: EventChartProps) {
  const highest = Math.max(0, ...buckets.map(totalOf));
  const scale = createChartScale(buckets, highest);
  const count = buckets.reduce((sum, bucket) => sum + totalOf(bucket), 0);
  return (
    <ChartFrame
      id="events-chart"
      title={`Events by type: ${count.toLocaleString("en")}`}
      buckets={buckets}
      series={SERIES}
      scale={scale}
      formatTop={(value) => value.toLocaleString("en")}
    >
      <StackedBars
        rows={buckets.map(({ counts }) => counts)}
        layers={KINDS}
        scale={scale}
      />
      {buckets.map((bucket, index) =>
        bucket.failed > 0 && (
          <rect
            key={`${index}:failed`}
            class="tone-bad"
            x={scale.x(index)}
            y={CHART.height - 4}
            width={scale.bandWidth}
            height={4}
          />
        )
      )}
    </ChartFrame>
  );
}

function totalOf({ counts }: HistoryBucket): number {
  return Object.values(counts).reduce((sum, value) => sum + value, 0);
}
