/**
 * Makes nodes for preact of what the server rendered: islands, and the JSX that
 * was handed to them.
 *
 * That JSX ran on the server alone, so it is read back from the document, or
 * from a `<template>` if its island has not shown it yet. Islands inside it
 * become components again.
 */
import {
  type ComponentChild,
  type ComponentType,
  Fragment,
  h,
  type VNode,
} from "preact";

/** What is known of the page. */
export interface Page {
  /** Components by the names in the markers. */
  readonly islands: Readonly<Record<string, ComponentType>>;
  /** Properties of all islands, in the order of the markers. */
  readonly allProps: readonly Record<string, unknown>[];
  /** Where slots begin, by id. */
  readonly slots: Map<number, Comment>;
}

/** Where an island is in the document. */
export interface IslandRange {
  readonly start: Comment;
  readonly end: Comment;
}

/** Stands in a property where JSX belongs. */
export class SlotReference {
  constructor(readonly id: number, readonly name: string) {}
}

const ISLAND = "frsh:island:";
const ISLAND_END = "/frsh:island";
const SLOT = "frsh:slot:";
const SLOT_END = "/frsh:slot";

/**
 * Finds the islands below a node that are not inside another island.
 *
 * @param root The node.
 * @param slots Gets the slots that are found on the way.
 * @returns Where the islands are.
 */
export function collectMarkers(
  root: Node,
  slots: Map<number, Comment>,
): IslandRange[] {
  const ranges: IslandRange[] = [];
  const open: Comment[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment; // by the filter
    const { data } = comment;
    if (data.startsWith(ISLAND)) open.push(comment);
    if (data.startsWith(SLOT)) slots.set(readId(data), comment);
    if (data !== ISLAND_END) continue;
    const start = open.pop();
    if (start && open.length === 0) ranges.push({ start, end: comment });
  }
  return ranges;
}

/**
 * Makes the node of an island.
 *
 * @param page What is known of the page.
 * @param start The marker in front of it.
 * @returns The component with its properties.
 * @throws {Error} when the page has no such island.
 */
export function reviveIsland(page: Page, start: Comment): VNode {
  const [name = "", index, key = ""] = start.data.slice(ISLAND.length)
    .split(":");
  const component = page.islands[name];
  if (component === undefined) {
    throw new Error(`Cannot hydrate ${name}: the page has no such island`);
  }
  const props: Record<string, unknown> = {};
  const given = page.allProps[Number(index)] ?? {};
  for (const [prop, value] of Object.entries(given)) {
    props[prop] = value instanceof SlotReference
      ? reviveSlot(page, value)
      : value;
  }
  if (key !== "") props.key = decodeURIComponent(key);
  return h(component, props);
}

function reviveSlot(page: Page, { id, name }: SlotReference): ComponentChild {
  const start = page.slots.get(id);
  if (start !== undefined) return toFragment(page, start.nextSibling);
  const template = document.getElementById(`frsh-${id}-${name}`);
  if (!(template instanceof HTMLTemplateElement)) return null;
  collectMarkers(template.content, page.slots);
  return toFragment(page, template.content.firstChild);
}

function toFragment(page: Page, first: Node | null): VNode {
  return h(Fragment, null, toVNodes(page, first));
}

/** Reads siblings up to the end of the slot, or of their parent. */
function toVNodes(page: Page, first: Node | null): ComponentChild[] {
  const vnodes: ComponentChild[] = [];
  for (let node = first; node !== null; node = node.nextSibling) {
    if (node instanceof Element) vnodes.push(toElement(page, node));
    else if (node instanceof Text) vnodes.push(node.data);
    else if (node instanceof Comment) {
      if (node.data === SLOT_END) break;
      if (!node.data.startsWith(ISLAND)) continue;
      vnodes.push(reviveIsland(page, node));
      node = findEnd(node);
    }
  }
  return vnodes;
}

function toElement(page: Page, element: Element): ComponentChild {
  const props: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    // Text cannot become a listener; it stays in the document as it is.
    if (name.startsWith("on")) continue;
    const isFlag = typeof Reflect.get(element, name) === "boolean";
    props[name] = isFlag ? true : value;
  }
  return h(element.localName, props, toVNodes(page, element.firstChild));
}

/** The marker that closes an island, past those of islands inside it. */
function findEnd(start: Comment): Node {
  let depth = 0;
  for (let node: Node | null = start; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith(ISLAND)) depth++;
    if (node.data === ISLAND_END && --depth === 0) return node;
  }
  throw new Error(`Cannot hydrate ${start.data}: its end is missing`);
}

function readId(data: string): number {
  return Number.parseInt(data.slice(SLOT.length), 10);
}
