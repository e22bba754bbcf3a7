/**
 * Stands in for a parent element that holds nothing but one island.
 *
 * Several islands may share a parent, and preact renders into a whole element:
 * so it is shown the part between two markers. The markers become empty text
 * nodes, for preact skips comments when it looks for the next sibling and would
 * put new nodes behind the end.
 */
import type { ContainerNode } from "preact";

/**
 * Makes a container of the nodes between two markers.
 *
 * @param startMarker The comment in front.
 * @param endMarker The comment behind; it has the same parent.
 * @returns What can be given to preact's `render()`.
 * @throws {Error} when the browser has moved a marker, because the HTML is not
 * valid (say, a `<div>` in a `<p>`).
 */
export function createRootFragment(
  startMarker: Comment,
  endMarker: Comment,
): ContainerNode {
  const parent = startMarker.parentNode;
  if (parent === null || parent !== endMarker.parentNode) {
    throw new Error(
      `Cannot hydrate ${startMarker.data}: its markers are in different elements, so the HTML around it is not valid`,
    );
  }
  const start = replaceByText(startMarker);
  const end = replaceByText(endMarker);
  const listNodes = () => {
    const nodes: ChildNode[] = [];
    let node = start.nextSibling;
    for (; node !== null && node !== end; node = node.nextSibling) {
      nodes.push(node);
    }
    return nodes;
  };
  const fragment = {
    nodeType: 1,
    parentNode: parent,
    namespaceURI: parent instanceof Element ? parent.namespaceURI : null,
    get firstChild() {
      return listNodes()[0] ?? null;
    },
    get childNodes() {
      return listNodes();
    },
    insertBefore: (node: Node, next: Node | null) =>
      parent.insertBefore(node, next ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
    contains: (node: Node) => listNodes().some((own) => own.contains(node)),
  };
  return fragment as unknown as ContainerNode; // as much as preact asks for
}

function replaceByText(marker: Comment): Text {
  const text = new Text("");
  marker.replaceWith(text);
  return text;
}
