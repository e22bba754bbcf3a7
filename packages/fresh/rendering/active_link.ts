/**
 * Tells a link that it leads to the current page, or to one above it, for
 * screen readers (`aria-current`) and styles (`data-current`, `data-ancestor`).
 */
import type { VNode } from "preact";

/**
 * Marks a link to the current page or to an ancestor of it. One that says
 * `aria-current` itself is left alone.
 *
 * @param link An `<a>` node.
 * @param url URL of the page being rendered.
 */
export function markActiveLink(link: VNode, url: URL): void {
  const props: Record<string, unknown> = link.props;
  const { href } = props;
  if (typeof href !== "string" || !href.startsWith("/")) return;
  if (props["aria-current"] !== undefined) return;
  const relation = compareToPage(href, url);
  if (relation === "elsewhere") return;
  props[relation === "current" ? "data-current" : "data-ancestor"] = "true";
  props["aria-current"] = relation === "current" ? "page" : "true";
}

function compareToPage(
  href: string,
  page: URL,
): "current" | "ancestor" | "elsewhere" {
  const target = parseAddress(href, page);
  if (target === null) return "elsewhere";
  const targetPath = trimSlash(target.pathname);
  const pagePath = trimSlash(page.pathname);
  if (targetPath === pagePath) {
    const isOtherQuery = target.search !== "" && target.search !== page.search;
    return isOtherQuery ? "ancestor" : "current";
  }
  const isAbove = targetPath === "/" || pagePath.startsWith(`${targetPath}/`);
  return isAbove ? "ancestor" : "elsewhere";
}

/** What no URL parser would change; a list of links is mostly these. */
const PLAIN_ADDRESS = /^(\/(?!\/)[\w/-]*)(\?[\w=&-]+)?$/;

function parseAddress(
  href: string,
  page: URL,
): Pick<URL, "pathname" | "search"> | null {
  const [, pathname, search = ""] = PLAIN_ADDRESS.exec(href) ?? [];
  if (pathname !== undefined) return { pathname, search };
  return URL.canParse(href, page) ? new URL(href, page) : null;
}

function trimSlash(path: string): string {
  return path === "/" ? path : path.replace(/\/$/, "");
}
