/**
 * Shows an error in development: message, failing source line, stack.
 *
 * On top of the app's own error page if there is one, else as a page of its
 * own. Production has neither.
 */
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { HttpError } from "../shared/http_error.ts";
import { type CodeFrame, readCodeFrame } from "./code_frame.ts";

const STYLE = `
#fresh-error-overlay { position: fixed; inset: 0; z-index: 99999; overflow: auto;
  padding: 2rem; background: #1b1b1f; color: #eee; font: 16px/1.5 sans-serif; }
#fresh-error-overlay:not([open]) { inset: auto 1rem 1rem auto; padding: .5rem 1rem; }
#fresh-error-overlay h1 { color: #ff8f8f; font-size: 1.5rem; }
#fresh-error-overlay pre { overflow: auto; padding: 1rem; background: #0006; }
#fresh-error-overlay mark { background: #7d2b2b; color: inherit; }
`;

/**
 * Makes the overlay for an error page.
 *
 * @param error What `ctx.error` holds.
 * @param root Folder of the project.
 * @returns The overlay; null for none and for errors below 500.
 */
export function renderErrorOverlay(
  error: unknown,
  root: string,
): VNode | null {
  if (error === null || error === undefined) return null;
  if (error instanceof HttpError && error.status < 500) return null;
  const { message, stack } = error instanceof Error
    ? { message: error.message, stack: error.stack ?? "" }
    : { message: String(error), stack: "" };
  const frame = readCodeFrame(stack, root);
  return (
    <details id="fresh-error-overlay" open>
      <summary>Error</summary>
      <style>{STYLE}</style>
      <h1>{message}</h1>
      {frame === undefined ? null : <Source frame={frame} />}
      <pre>{stack}</pre>
    </details>
  );
}

function Source({ frame }: { frame: CodeFrame }): VNode {
  return (
    <>
      <p>{frame.location}</p>
      <pre>
        {frame.lines.map(({ text, isFailing }) => (
          <>{isFailing ? <mark>{text}</mark> : text}{"\n"}</>
        ))}
      </pre>
    </>
  );
}

/**
 * Makes a page for an error that the app does not answer itself.
 *
 * @param error What was thrown.
 * @param root Folder of the project.
 * @param script Path of the script that reloads the page.
 * @returns A whole document.
 */
export function renderErrorPage(
  error: unknown,
  root: string,
  script: string,
): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Error</title>
        <script type="module" src={script} />
      </head>
      <body>{renderErrorOverlay(error, root)}</body>
    </html>
  );
  return `<!DOCTYPE html>${renderToString(page)}`;
}
