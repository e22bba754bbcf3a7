/** Events that failed for good, by when they had arrived, as bars. */
import type { HistoryBucket } from "../../../lib/store/overview_history.ts";
import { ChartFrame, type Series } from "./ChartFrame.tsx";
import { createChartScale } from "./chart_scale.ts";
import { StackedBars } from "./StackedBars.tsx";

interface FailureChartProps {
  readonly buckets: readonly HistoryBucket[];
}

const LAYERS = [{ key: "failed", tone: "tone-bad" }] as const;

const SERIES: readonly Series<HistoryBucket>[] = [{
  tone: "tone-bad",
  label: "failed for good",
  text: ({ failed }) => failed.toLocaleString("en"),
}];

export function FailureChart({ buckets }: FailureChartProps) {
  const highest = Math.max(0, ...buckets.map(({ failed }) => failed));
  const scale = createChartScale(buckets, highest);
  const count = buckets.reduce((sum, { failed }) => sum + failed, 0);
  return (
    <ChartFrame
      id="failures-chart"
      title={`Failures: ${count.toLocaleString("en")}`}
      buckets={buckets}
      series={SERIES}
      scale={scale}
      formatTop={(value) => value.toLocaleString("en")}
    >
      <StackedBars rows={buckets} layers={LAYERS} scale={scale} />
    </ChartFrame>
  );
}
