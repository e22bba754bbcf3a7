/** The root leads to the dashboard. */
import { define } from "../lib/define.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/dashboard"),
});
