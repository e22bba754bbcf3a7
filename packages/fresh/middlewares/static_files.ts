/**
 * `staticFiles()`: serves the static folder and the built scripts.
 *
 * Only paths that the build knows are opened, so no spelling of `..` leads out.
 * Files asked for with the mark of `asset()`, and scripts, whose folder carries
 * the build id, may be cached for good.
 */
import type { StaticFile } from "../build_cache.ts";
import { toScriptFolder } from "../build_cache.ts";
import { type Context, readBuildCache } from "../context.ts";
import type { Middleware } from "../middleware.ts";
import { ASSET_CACHE_BUST_KEY } from "../shared/asset.ts";
import { BUILD_ID } from "../shared/build_id.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
const UNCACHED = "no-cache, no-store, max-age=0, must-revalidate";

/**
 * Makes a middleware that serves static files, and lets other paths pass.
 *
 * @returns The middleware.
 */
export function staticFiles<T>(): Middleware<T> {
  return async function serveStaticFile(ctx) {
    const pathname = readPathname(ctx);
    if (pathname === null || pathname === "/") return await ctx.next();
    const file = await readBuildCache(ctx).readFile(pathname);
    if (file !== null) return answer(ctx, file);
    // Browsers ask for it on their own; no route has to run for that.
    if (pathname !== "/favicon.ico") return await ctx.next();
    return new Response(null, { status: 404 });
  };
}

/** The path in the spelling that the build uses, or null if it has none. */
function readPathname<T>({ url, config }: Context<T>): string | null {
  const pathname = url.pathname.slice(config.basePath.length);
  try {
    const names = decodeURIComponent(pathname).split("/").filter(Boolean);
    return `/${names.map(encodeURIComponent).join("/")}`;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function answer<T>(ctx: Context<T>, file: StaticFile): Response {
  const { method, headers } = ctx.req;
  const isProduction = ctx.config.mode !== "development";
  const mark = ctx.url.searchParams.get(ASSET_CACHE_BUST_KEY);
  if (method !== "GET" && method !== "HEAD") {
    file.close();
    return new Response("Method Not Allowed", { status: 405 });
  }
  if (mark !== null && mark !== BUILD_ID) {
    file.close();
    return redirectToPlain(ctx);
  }
  const answerHeaders = new Headers({
    "Content-Type": file.contentType,
    vary: "If-None-Match",
  });
  if (isProduction && hasSame(headers.get("If-None-Match"), file.hash)) {
    file.close();
    return new Response(null, { status: 304, headers: answerHeaders });
  }
  if (isProduction && file.hash !== null) {
    answerHeaders.set("ETag", `W/"${file.hash}"`);
  }
  const isImmutable = isProduction && (mark !== null || isScript(ctx));
  answerHeaders.set("Cache-Control", isImmutable ? IMMUTABLE : UNCACHED);
  answerHeaders.set("Content-Length", String(file.size));
  if (method === "GET") {
    return new Response(file.readable, { headers: answerHeaders });
  }
  file.close();
  return new Response(null, { headers: answerHeaders });
}

/** The mark is of another build: what is here now must not be kept as that. */
function redirectToPlain<T>({ url }: Context<T>): Response {
  url.searchParams.delete(ASSET_CACHE_BUST_KEY);
  const location = url.pathname + url.search;
  return new Response(null, { status: 307, headers: { location } });
}

function hasSame(ifNoneMatch: string | null, hash: string | null): boolean {
  return hash !== null &&
    (ifNoneMatch === hash || ifNoneMatch === `W/"${hash}"`);
}

function isScript<T>({ url, config }: Context<T>): boolean {
  return url.pathname.startsWith(config.basePath + toScriptFolder(BUILD_ID));
}
