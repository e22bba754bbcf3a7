/**
 * `fresh/runtime`: what components may use on the server and in the browser.
 *
 * Partials and what belongs to them are left out.
 *
 * @module
 */
export { asset, assetSrcSet } from "./shared/asset.ts";
export { Head, type HeadProps } from "./shared/head.ts";
export { HttpError } from "./shared/http_error.ts";

/** Whether this code runs in a browser; to guard what exists only there. */
export const IS_BROWSER: boolean = typeof document !== "undefined";
