/**
 * `csp()`: sets a Content-Security-Policy, on request one that allows only the
 * scripts and styles of the page itself, by nonce.
 */
import type { Middleware } from "../middleware.ts";
import { recallNonce } from "../rendering/nonce.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Whether violations are only reported; false by default. */
  reportOnly?: boolean;
  /** Where violations are reported to. */
  reportTo?: string;
  /** Directives that replace the default of the same name, or are added. */
  csp?: string[];
  /**
   * Whether `'unsafe-inline'` becomes the page's nonce; false by default.
   * Answers that were not rendered keep it.
   */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Directives in which a nonce has a meaning. */
const NONCE_DIRECTIVE =
  /^(?:default-src|script-src|script-src-elem|style-src|style-src-elem|style-src-attr)$/;

/**
 * Makes a middleware that sets the policy on every answer that passes it. Error
 * pages do not pass: they are rendered further out.
 *
 * @param options See {@linkcode CSPOptions}.
 * @returns The middleware.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, useNonce = false } = options;
  const directives = mergeDirectives(options.csp ?? [], reportTo);
  const header = reportOnly
    ? "Content-Security-Policy-Report-Only"
    : "Content-Security-Policy";
  return async function setPolicy(ctx) {
    const response = await ctx.next();
    const nonce = useNonce ? recallNonce(response) : undefined;
    const policy = directives.map((directive) => addNonce(directive, nonce));
    response.headers.set(header, policy.join("; "));
    if (reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

function mergeDirectives(
  own: string[],
  reportTo: string | undefined,
): string[] {
  const names = new Set(own.map(readName));
  const defaults = DEFAULTS.filter((text) => !names.has(readName(text)));
  const reporting = reportTo
    ? ["report-to csp-endpoint", `report-uri ${reportTo}`]
    : [];
  return [...defaults, ...own, ...reporting];
}

function readName(directive: string): string {
  return directive.split(" ", 1)[0] ?? "";
}

function addNonce(directive: string, nonce: string | undefined): string {
  if (nonce === undefined || !NONCE_DIRECTIVE.test(readName(directive))) {
    return directive;
  }
  return directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`);
}
