import type { ComponentChildren } from "preact";

/** Renders nothing of its own: what counts is what is sent along. */
export default function Show(props: Record<string, unknown>) {
  return <div>{props.children as ComponentChildren}</div>;
}
