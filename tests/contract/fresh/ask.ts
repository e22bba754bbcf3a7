/**
 * How the contract tests talk to an app: a request to its handler, no socket.
 *
 * These tests use public names only, so that they also run on Fresh itself: see
 * "On JSR" in packages/fresh/README.md.
 */
import type { App } from "fresh";

/**
 * Asks an app for a page.
 *
 * @param app The app.
 * @param path Path with query; or a whole URL.
 * @param init As for `Request`.
 * @returns The answer.
 */
export async function ask<State>(
  app: App<State>,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  const url = new URL(path, "http://localhost");
  return await app.handler()(new Request(url, init));
}

/**
 * Asks an app for a page's text.
 *
 * @param app The app.
 * @param path Path with query.
 * @param init As for `Request`.
 * @returns The body.
 */
export async function askText<State>(
  app: App<State>,
  path: string,
  init?: RequestInit,
): Promise<string> {
  return await (await ask(app, path, init)).text();
}

/**
 * Cuts what is inside `<body>` out of a page, without scripts.
 *
 * @param html A whole document.
 * @returns The inner HTML.
 */
export function readBody(html: string): string {
  const [, body = ""] = /<body>([^]*)<\/body>/.exec(html) ?? [];
  return body.replace(/<script[^]*?<\/script>/g, "");
}

/**
 * Keeps errors that are expected out of the test's output.
 *
 * @returns What puts the console back, for `using`.
 */
export function muteConsole(): Disposable {
  const { error, warn } = console;
  Object.assign(console, { error: () => {}, warn: () => {} });
  return {
    [Symbol.dispose]() {
      Object.assign(console, { error, warn });
    },
  };
}
