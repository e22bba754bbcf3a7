/**
 * Marks islands in the HTML, so that the browser finds and hydrates them.
 *
 * An island stands between the comments `frsh:island:NAME:PROPS:KEY` and
 * `/frsh:island`, JSX that was handed to it between `frsh:slot:ID:NAME` and
 * `/frsh:slot`. Islands inside an island's own code belong to it and are not
 * marked; those in its JSX children are.
 */
import {
  type ComponentChild,
  type ComponentChildren,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  type VNode,
} from "preact";
import type { Island } from "../build_cache.ts";
import {
  currentRenderState,
  type RenderState,
  type Slot,
} from "./render_state.ts";
import { isSignal } from "./serialize_props.ts";

/** preact-render-to-string writes such a fragment as a comment; types lag. */
const Comment = Fragment as FunctionComponent<{ UNSTABLE_comment: string }>;

/** The nodes that render an island itself, inside its markers. */
const islandNodes = new WeakSet<VNode>();

/**
 * Puts markers around a component if it is an island.
 *
 * @param vnode A component's node, not created by an island's code.
 * @param state The page being rendered.
 */
export function markIsland(vnode: VNode, state: RenderState): void {
  const { type, key } = vnode;
  if (islandNodes.has(vnode) || typeof type !== "function") return;
  const island = state.buildCache.islands.get(type);
  if (island === undefined) return;
  const Marked = (props: Record<string, unknown>) => {
    const index = addIsland(state, island, props);
    const child = h(type, state.islandProps[index]?.props ?? {});
    islandNodes.add(child);
    // A key may hold anything, even the end of a comment.
    const text = encodeURIComponent(String(key ?? ""));
    return wrap("island", `${island.name}:${index}:${text}`, child);
  };
  // Not assigned at once: see moveToHead().
  vnode.type = Marked;
}

/**
 * Tells whether a node renders an island itself.
 *
 * @param vnode Any node.
 * @returns Whether what it creates is the island's own code.
 */
export function isIsland(vnode: VNode): boolean {
  return islandNodes.has(vnode);
}

function addIsland(
  state: RenderState,
  island: Island,
  given: Record<string, unknown>,
): number {
  state.islands.add(island);
  const props: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    props[name] = isSlotContent(name, value)
      ? h(SlotContent, { slot: addSlot(state, name, value) })
      : value;
  }
  return state.islandProps.push({ island, props }) - 1;
}

/** A signal looks like a node to preact. */
function isSlotContent(
  name: string,
  value: unknown,
): value is ComponentChildren {
  return name === "children" || isValidElement(value) && !isSignal(value);
}

function addSlot(
  { slots }: RenderState,
  name: string,
  children: ComponentChildren,
): Slot {
  const slot = { id: slots.length, name, children, isRendered: false };
  slots.push(slot);
  return slot;
}

/** What an island gets in the place of JSX. */
export function SlotContent({ slot }: { slot: Slot }): ComponentChild {
  if (currentRenderState() !== null) slot.isRendered = true;
  return wrap("slot", `${slot.id}:${slot.name}`, slot.children);
}

function wrap(
  kind: string,
  text: string,
  children: ComponentChildren,
): VNode {
  return h(
    Fragment,
    null,
    h(Comment, { UNSTABLE_comment: `frsh:${kind}:${text}` }),
    children,
    h(Comment, { UNSTABLE_comment: `/frsh:${kind}` }),
  );
}
