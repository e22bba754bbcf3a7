/**
 * The common measure of the charts: a picture of fixed units that the page
 * stretches to its width, with labels outside of it so that they keep their size.
 */
// @ts-types="@types/d3-scale"
import { scaleBand, scaleLinear } from "d3-scale";

/** Size of a chart in units of its own. */
export const CHART = { width: 600, height: 160 } as const;

/** Where things are in a chart. */
export interface ChartScale {
  /** Left edge of a bucket. */
  readonly x: (index: number) => number;
  readonly bandWidth: number;
  /** Height above the top edge. */
  readonly y: (value: number) => number;
  /** The value at the top edge. */
  readonly top: number;
  /** Values with a line, the lowest first. */
  readonly ticks: readonly number[];
}

/**
 * Makes the scale of a chart.
 *
 * @param buckets Left to right.
 * @param highest The highest value; the top edge is a round number above it.
 * @returns The scale.
 */
export function createChartScale(
  buckets: readonly unknown[],
  highest: number,
): ChartScale {
  const band = scaleBand<number>()
    .domain(buckets.map((_, index) => index))
    .range([0, CHART.width])
    .paddingInner(0.2);
  const linear = scaleLinear()
    .domain([0, Math.max(highest, 1)])
    .nice(4)
    .range([CHART.height, 0]);
  return {
    x: (index) => round(band(index) ?? 0),
    bandWidth: round(band.bandwidth()),
    y: (value) => round(linear(value)),
    top: linear.domain()[1] ?? 1,
    ticks: linear.ticks(3).filter((tick) => tick > 0),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
