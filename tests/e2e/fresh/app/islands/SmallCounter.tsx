import { useState } from "preact/hooks";

export default function SmallCounter({ start }: { start: number }) {
  const [count, setCount] = useState(start);
  return (
    <button type="button" id="small" onClick={() => setCount(count + 1)}>
      {count}
    </button>
  );
}
