/**
 * Moves the elements inside `<Head>` to the document's head, and lets them
 * replace what is there.
 *
 * Two elements are the same if their keys are, or else if they are of one kind
 * and agree in all attributes but the content (of a meta) or the address (of a
 * link). Hence a second stylesheet replaces the first unless it has a key.
 */
import { cloneElement, type ComponentChild, type VNode } from "preact";
import { Head } from "../shared/head.ts";
import { currentRenderState } from "./render_state.ts";

/** Nodes that have been through here. */
const moved = new WeakSet<VNode>();

type Props = Record<string, unknown>;

/**
 * Has an element rendered in the head if it stands inside `<Head>`, and
 * otherwise replaced by one that does. Scripts and styles get the nonce.
 *
 * @param vnode An element of a kind that belongs into the head.
 * @param nonce The page's nonce.
 */
export function moveToHead(vnode: VNode, nonce: string): void {
  const { type, key } = vnode;
  if (typeof type !== "string" || moved.has(vnode)) return;
  const props: Props = vnode.props;
  const identity = identify(type, key, props);
  if (key) props["data-key"] = key;
  if (type === "script" || type === "style") props.nonce ||= nonce;
  const element = cloneElement(vnode);
  moved.add(element);
  // Not assigned at once: V8 puts a function that is assigned to a property
  // into old space, and with it all that it refers to, the whole page.
  const Placed = () => place(identity, element);
  vnode.type = Placed;
}

function place(identity: string, element: VNode): ComponentChild {
  const state = currentRenderState();
  if (state === null) return element;
  const { headElements: elements, owners } = state;
  if (owners.some(({ vnode }) => vnode.type === Head)) {
    elements.set(identity, element);
    return null;
  }
  const replacement = elements.get(identity);
  elements.delete(identity);
  return replacement ?? element;
}

/** The attribute that may differ between an element and its replacement. */
const PAYLOADS: Readonly<Record<string, string>> = {
  meta: "content",
  link: "href",
};

const IGNORED = new Set(["children", "nonce", "ref", "key"]);

function identify(type: string, key: unknown, props: Props): string {
  if (key !== null && key !== undefined) return String(key);
  if (type === "title") return type;
  const parts = Object.keys(props).sort()
    .filter((name) => !IGNORED.has(name) && name !== PAYLOADS[type])
    .map((name) => `::${readAttribute(props[name])}`);
  return type + parts.join("");
}

/** Ready-made HTML counts by its text. */
function readAttribute(value: unknown): string {
  return typeof value === "object" && value !== null && "__html" in value
    ? String(value.__html)
    : String(value);
}
