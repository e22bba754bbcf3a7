/**
 * Reloads the page when the development server has restarted; see
 * dev/dev_server.ts. The browser reconnects by itself.
 */

let known: string | undefined;

new EventSource("/_frsh/alive").addEventListener("message", ({ data }) => {
  if (known !== undefined && known !== data) location.reload();
  known = data;
});
