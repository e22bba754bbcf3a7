/** Counts by kind as one bar a bucket, the kinds on top of each other. */
import type { ChartScale } from "./chart_scale.ts";

interface StackedBarsProps<K extends string> {
  /** Counts of each bucket, left to right. */
  readonly rows: readonly Readonly<Record<K, number>>[];
  /** Bottom to top. */
  readonly layers: readonly { readonly key: K; readonly tone: string }[];
  readonly scale: ChartScale;
}

export function StackedBars<K extends string>(
  { rows, layers, scale }: StackedBarsProps<K>,
) {
  return (
    <>
      {rows.map((counts, index) => {
        let below = 0;
        return layers.map(({ key, tone }) => {
          const value = counts[key];
          if (value === 0) return null;
          const top = scale.y(below + value);
          const height = scale.y(below) - top;
          below += value;
          return (
            <rect
              key={`${index}:${key}`}
              class={tone}
              x={scale.x(index)}
              y={top}
              width={scale.bandWidth}
              height={height}
            />
          );
        });
      })}
    </>
  );
}
