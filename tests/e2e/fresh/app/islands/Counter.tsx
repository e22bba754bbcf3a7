import type { Signal } from "@preact/signals";

export default function Counter(
  { count, name }: { count: Signal<number>; name: string },
) {
  return (
    <button type="button" id={name} onClick={() => count.value++}>
      {name}: {count}
    </button>
  );
}
