/** A thread that has loaded the letters and hands every message back. */
import "../../../lib/emails/react_email.ts";

self.addEventListener("message", (event) => {
  self.postMessage((event as MessageEvent).data);
});
self.postMessage("ready");
