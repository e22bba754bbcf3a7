/** Events by type as stacked bars. */
import type { HistoryBucket } from "../../../lib/store/overview_history.ts";
import { ChartFrame, type Series } from "./ChartFrame.tsx";
import { createChartScale } from "./chart_scale.ts";
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

const SERIES: readonly Series<HistoryBucket>[] = KINDS.map(
  ({ key, tone, label }) => ({
    tone,
    label,
    text: ({ counts }) => counts[key].toLocaleString("en"),
  }),
);

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
    </ChartFrame>
  );
}

function totalOf({ counts }: HistoryBucket): number {
  return Object.values(counts).reduce((sum, value) => sum + value, 0);
}
