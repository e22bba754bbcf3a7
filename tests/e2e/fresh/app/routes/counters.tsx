import { computed, signal } from "@preact/signals";
import Counter from "../islands/Counter.tsx";
import { Double } from "../islands/Double.tsx";

export default function Counters() {
  const count = signal(3);
  const double = computed(() => count.value * 2);
  return (
    <main>
      <Counter name="left" count={count} />
      <p>Between</p>
      <Counter name="right" count={count} />
      <Double value={double} />
    </main>
  );
}
