/**
 * `<Head>`: puts elements into the document's head from anywhere in the tree.
 *
 * The component only marks its children; rendering/head_elements.ts moves them
 * on the server, client/head_element.ts keeps them up to date in the browser.
 */
import type * as preact from "preact";
import { createContext, h } from "preact";

/** True below a `<Head>`, in the browser. */
export const HeadContext: preact.Context<boolean> = createContext(false);

/** What `<Head>` takes. */
export interface HeadProps {
  /** Elements for the head; others are rendered where they stand. */
  children?: preact.ComponentChildren;
}

/** The elements that `<Head>` moves; others stay where they are. */
export const HEAD_ELEMENTS: ReadonlySet<unknown> = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/**
 * Puts its children into the document's head. An element with the same `key`,
 * or without one of the same kind, replaces an earlier one.
 *
 * @param props The elements.
 * @returns Nothing that shows in place.
 */
export function Head(props: HeadProps): preact.ComponentChildren {
  // The server knows who renders what. A provider would keep the whole page in
  // memory until the next major garbage collection: see moveToHead().
  if (typeof document === "undefined") return props.children;
  return h(HeadContext, { value: true }, props.children);
}
