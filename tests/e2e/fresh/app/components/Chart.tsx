import { useState } from "preact/hooks";

/** Loaded only with the island that shows it. */
export default function Chart() {
  const [bars, setBars] = useState(3);
  return (
    <button id="chart" type="button" onClick={() => setBars(bars + 1)}>
      {bars} bars
    </button>
  );
}
