/** What each good scan confirmed, by kind, the oldest on the left. */
import type { DriftReport } from "../../../lib/store/drift_documents.ts";
import { DRIFT_KINDS, type DriftKind } from "../../../lib/sync/drift.ts";
import { ChartFrame, type Series } from "./ChartFrame.tsx";
import { createChartScale } from "./chart_scale.ts";
import { StackedBars } from "./StackedBars.tsx";

interface DriftChartProps {
  /** Scans that came to their end, the oldest first. */
  readonly reports: readonly DriftReport[];
}

type Scan = Pick<DriftReport, "totals"> & { readonly from: Date };

/** Grey is for what nobody can repair. */
const TONES = {
  missing: "tone-1",
  ghost: "tone-2",
  stale: "tone-3",
  edited: "tone-5",
  tombstoned: "tone-4",
} as const satisfies Readonly<Record<DriftKind, string>>;

/** Bottom to top. */
const LAYERS = DRIFT_KINDS.map((key) => ({ key, tone: TONES[key] }));

const SERIES: readonly Series<Scan>[] = LAYERS.map(({ key, tone }) => ({
  tone,
  label: key,
  text: ({ totals }) => totals[key].toLocaleString("en"),
}));

export function DriftChart({ reports }: DriftChartProps) {
  const scans = reports.map(({ started_at: from, totals }) => ({
    from,
    totals,
  }));
  const highest = Math.max(0, ...scans.map(({ totals }) => sum(totals)));
  const scale = createChartScale(scans, highest);
  return (
    <ChartFrame
      id="drift-chart"
      title={`Differences in the last ${scans.length} scans`}
      buckets={scans}
      series={SERIES}
      scale={scale}
      formatTop={(value) => value.toLocaleString("en")}
      endsNow={false}
    >
      <StackedBars
        rows={scans.map(({ totals }) => totals)}
        layers={LAYERS}
        scale={scale}
      />
    </ChartFrame>
  );
}

function sum(totals: DriftReport["totals"]): number {
  return Object.values(totals).reduce((total, value) => total + value, 0);
}
