/**
 * Keeps the document's head up to date with the `<Head>` of islands.
 *
 * Only elements that the server rendered are updated, found by key, id or kind;
 * a new one is not added. Text is written as HTML, so that `&` in a title shows
 * as `&amp;`. All three are as in Fresh.
 */
import {
  Component,
  type ComponentChild,
  type ComponentChildren,
  Fragment,
  h,
  render,
  type VNode,
} from "preact";
import { HEAD_ELEMENTS, HeadContext } from "../shared/head.ts";

type Attributes = Record<string, unknown> & { children?: ComponentChildren };

interface HeadElementProps {
  readonly type: string;
  readonly attributes: Attributes;
  readonly name: unknown;
}

/** True while the element itself is created, which is not to be replaced. */
let isOwnElement = false;

/**
 * Has an element of the head's kinds rendered into the head if it stands inside
 * `<Head>`.
 *
 * @param vnode Any node; others are left alone.
 */
export function replaceHeadElement(vnode: VNode): void {
  if (isOwnElement || !HEAD_ELEMENTS.has(vnode.type)) return;
  const { type, key, props } = vnode;
  Object.assign(vnode, {
    type: HeadElement,
    props: { type, attributes: props, name: key },
  });
}

class HeadElement extends Component<HeadElementProps> {
  static override contextType = HeadContext;

  override componentDidMount(): void {
    if (this.context) updateHead(this.props);
  }

  override componentDidUpdate(): void {
    if (this.context) updateHead(this.props);
  }

  override render(): ComponentChild {
    if (this.context) return null;
    isOwnElement = true;
    const element = h(this.props.type, this.props.attributes);
    isOwnElement = false;
    return element;
  }
}

function updateHead(props: HeadElementProps): void {
  const { children, ...attributes } = props.attributes;
  const html = toHtml(children);
  if (props.type === "title") {
    document.title = html;
    return;
  }
  const element = findElement(props);
  if (element === null) return;
  if (element.textContent !== html) element.textContent = html;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      element.removeAttribute(name);
    } else element.setAttribute(name, String(value));
  }
}

function toHtml(children: ComponentChildren): string {
  const holder = document.createElement("div");
  render(h(Fragment, null, children), holder);
  return holder.innerHTML;
}

function findElement(
  { type, attributes, name }: HeadElementProps,
): Element | null {
  const selectors = [
    ...(name ? [`[data-key="${CSS.escape(String(name))}"]`] : []),
    ...(attributes.id ? [`#${CSS.escape(String(attributes.id))}`] : []),
    ...listKindSelectors(type, attributes),
  ];
  for (const selector of selectors) {
    const found = document.head.querySelector(selector);
    if (found !== null) return found;
  }
  return null;
}

function listKindSelectors(
  type: string,
  { name, rel }: Record<string, unknown>,
): string[] {
  if (type === "meta") return [`[name="${CSS.escape(String(name))}"]`];
  if (type === "link" && rel) return [`link[rel="${CSS.escape(String(rel))}"]`];
  return type === "base" ? [type] : [];
}
