/**
 * Ties the framework into preact's rendering on the server.
 *
 * On creation of a node: image sources are marked, links know the current page.
 * Before a node is rendered: islands, head elements, `<head>` and `<body>` are
 * replaced by what does their work. Which component creates a node decides
 * whether it is an island's own code or JSX handed to it.
 * The mangled names are preact's, as preact-render-to-string calls them.
 */
import { Fragment, options, type VNode } from "preact";
import { markImageSources } from "../shared/asset.ts";
import { HEAD_ELEMENTS } from "../shared/head.ts";
import { markActiveLink } from "./active_link.ts";
import { addHeadEnd, addScripts } from "./document.tsx";
import { moveToHead } from "./head_elements.ts";
import { isIsland, markIsland } from "./island_markers.ts";
import { currentRenderState, type RenderState } from "./render_state.ts";

type Hook = (vnode: VNode) => void;

/** Hooks that preact knows but does not document, beside those it does. */
interface Hooks {
  vnode?: Hook;
  /** Before a node is rendered. */
  __b?: Hook;
  /** Before a component's own function is called; repeated if it sets state. */
  __r?: Hook;
  /** After a node is rendered. */
  diffed?: Hook;
}

/** A node that has been rendered, with its parent. */
interface RenderedNode extends VNode {
  __?: VNode | null;
}

/** Nodes created by the code of an island, which are no islands themselves. */
const islandCode = new WeakSet<VNode>();

// preact's types leave these hooks out.
const hooks = options as unknown as Hooks;

chain("vnode", (vnode) => {
  markImageSources(vnode);
  const state = currentRenderState();
  if (state === null) return;
  if (vnode.type === "a") markActiveLink(vnode, state.url);
  if (state.owners.at(-1)?.isIslandCode) islandCode.add(vnode);
});

chain("__b", (vnode) => {
  const state = currentRenderState();
  if (state === null) return;
  if (typeof vnode.type === "string") prepareElement(vnode, state);
  else if (isComponent(vnode) && !islandCode.has(vnode)) {
    markIsland(vnode, state);
  }
});

chain("__r", (vnode) => {
  const owners = currentRenderState()?.owners;
  if (owners === undefined || !isComponent(vnode)) return;
  if (owners.at(-1)?.vnode === vnode) return;
  const isIslandCode = islandCode.has(vnode) || isIsland(vnode);
  owners.push({ vnode, isIslandCode });
});

chain("diffed", (vnode) => {
  const owners = currentRenderState()?.owners;
  if (owners?.at(-1)?.vnode !== vnode) return;
  owners.pop();
  // preact's useState() leaves a function in old space (see moveToHead()) that
  // leads to this node; its parent would keep the rest of the page there too.
  (vnode as RenderedNode).__ = null;
});

function chain(name: keyof Hooks, hook: Hook): void {
  const before = hooks[name];
  hooks[name] = (vnode) => {
    hook(vnode);
    before?.(vnode);
  };
}

function isComponent({ type }: VNode): boolean {
  return typeof type === "function" && type !== Fragment;
}

function prepareElement(vnode: VNode, state: RenderState): void {
  const { type } = vnode;
  if (type === "html" || type === "head" || type === "body") {
    state.rendered[type] = true;
  }
  if (type === "head") addHeadEnd(vnode);
  if (type === "body") addScripts(vnode);
  if (HEAD_ELEMENTS.has(type)) moveToHead(vnode, state.nonce);
}
