/** Alive: the process answers. Whether its dependencies do is /ready's matter. */
import { define } from "../lib/define.ts";

export const handler = define.handlers({
  GET: () =>
    Response.json({ status: "ok" }, {
      headers: { "cache-control": "no-store" },
    }),
});
