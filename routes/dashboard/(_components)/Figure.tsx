/** One number to be read at a glance, in a list of them (`dl.figures`). */
import type { ComponentChildren } from "preact";

interface FigureProps {
  readonly label: string;
  /** Where it is explained. */
  readonly href?: string;
  /** What the number means for the reader; nothing by default. */
  readonly level?: "warn" | "bad" | undefined;
  readonly children: ComponentChildren;
}

export function Figure({ label, href, level, children }: FigureProps) {
  return (
    <div class={level ? `figure figure-${level}` : "figure"}>
      <dt>{href ? <a href={href}>{label}</a> : label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
