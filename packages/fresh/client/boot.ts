/**
 * Starts the islands of a page in the browser.
 *
 * The page's own script calls `boot()` with the islands' components and their
 * properties, as rendering/serialize_props.ts wrote them. Each island starts in
 * a task of its own, so that one that fails leaves the others alone.
 */
import { type ComponentType, render } from "preact";
import { parse } from "devalue";
import { createRootFragment } from "./root_fragment.ts";
import {
  collectMarkers,
  type Page,
  reviveIsland,
  SlotReference,
} from "./revive.ts";
import "./vnode_hooks.ts";

/** Makes a value of what its reducer wrote. */
type Revivers = Record<string, (written: never) => unknown>;

/**
 * Hydrates all islands of the document.
 *
 * @param islands Components by the names in the markers.
 * @param json Properties of all islands, in the order of the markers.
 * @param revivers For values that only some pages have.
 */
export function boot(
  islands: Readonly<Record<string, ComponentType>>,
  json: string,
  revivers: Revivers = {},
): void {
  const allProps: Record<string, unknown>[] = parse(json, {
    ...revivers,
    Slot: ([id, name]: [number, string]) => new SlotReference(id, name),
    Plain: (value: unknown) => value,
  });
  const page: Page = { islands, allProps, slots: new Map() };
  for (const { start, end } of collectMarkers(document.body, page.slots)) {
    setTimeout(() => {
      const vnode = reviveIsland(page, start);
      render(vnode, createRootFragment(start, end));
    });
  }
}
