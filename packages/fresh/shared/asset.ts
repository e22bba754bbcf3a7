/**
 * Addresses of static files that carry the build id, and so may be cached for
 * good. Runs on the server and in the browser.
 */
import type { VNode } from "preact";
import { BUILD_ID } from "./build_id.ts";

/** The query parameter of a marked address; `staticFiles()` looks for it. */
export const ASSET_CACHE_BUST_KEY = "__frsh_c";

const PLACEHOLDER_ORIGIN = "https://asset.invalid";

/**
 * Marks the path of a static file with the build id. Files asked for by a
 * marked path are served as immutable for a year.
 *
 * @param path A path on this server, such as `/logo.svg`.
 * @returns The marked path; anything but a path comes back as it is.
 */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  if (!URL.canParse(path, PLACEHOLDER_ORIGIN)) return path;
  const url = new URL(path, PLACEHOLDER_ORIGIN);
  const isElsewhere = url.origin !== PLACEHOLDER_ORIGIN;
  if (isElsewhere || url.searchParams.has(ASSET_CACHE_BUST_KEY)) return path;
  url.searchParams.set(ASSET_CACHE_BUST_KEY, BUILD_ID);
  return url.pathname + url.search + url.hash;
}

/**
 * Marks every path of a `srcset`, as {@linkcode asset} does.
 *
 * @param srcset Value of a `srcset` attribute.
 * @returns The marked value; one with parentheses or empty parts is left alone.
 */
export function assetSrcSet(srcset: string): string {
  const candidates = srcset.split(",");
  const isUnclear = srcset.includes("(") ||
    candidates.some((candidate) => candidate.trim() === "");
  if (isUnclear) return srcset;
  return candidates.map((candidate) =>
    candidate.replace(/\S+/, (path) => asset(path))
  ).join(",");
}

/**
 * Marks the sources of an `<img>` or `<source>`, unless it has the attribute
 * `data-fresh-disable-lock`.
 *
 * @param vnode Any node; others are left alone.
 */
export function markImageSources(vnode: VNode): void {
  if (vnode.type !== "img" && vnode.type !== "source") return;
  const props: Record<string, unknown> = vnode.props;
  if (props["data-fresh-disable-lock"]) return;
  if (typeof props.src === "string") props.src = asset(props.src);
  if (typeof props.srcset === "string") {
    props.srcset = assetSrcSet(props.srcset);
  }
}
