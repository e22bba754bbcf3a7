/**
 * What an `App` can be told, and what it has resolved that to.
 */

/** Options of the {@linkcode App} constructor. */
export interface FreshConfig {
  /** Path in front of all routes, such as `/admin`; none by default. */
  basePath?: string;
  /** `production` by default; the Builder sets it when it runs the app. */
  mode?: "development" | "production";
  /**
   * Whether `ctx.url` follows `X-Forwarded-Proto` and `X-Forwarded-Host`; only
   * right behind a proxy that sets both. False by default.
   */
  trustProxy?: boolean;
}

/** The options in use, with all defaults filled in; `ctx.config`. */
export interface ResolvedFreshConfig {
  /** Folder of the project. */
  root: string;
  /** Path in front of all routes, empty for none. */
  basePath: string;
  /** How the app runs. */
  mode: "development" | "production";
  /** Whether forwarded headers are believed. */
  trustProxy: boolean;
}
