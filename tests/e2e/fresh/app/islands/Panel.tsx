import { useState } from "preact/hooks";
import type { ComponentChildren, VNode } from "preact";

export default function Panel(
  { id, title, isOpen, children }: {
    id: string;
    title: VNode;
    isOpen: boolean;
    children: ComponentChildren;
  },
) {
  const [isShown, setShown] = useState(isOpen);
  return (
    <section id={id}>
      <button type="button" onClick={() => setShown(!isShown)}>
        {title}
      </button>
      {isShown ? <div class="content">{children}</div> : null}
    </section>
  );
}
