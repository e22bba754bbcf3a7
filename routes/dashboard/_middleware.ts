/** Everything below /dashboard is for people who are signed in. */
import { csrf } from "fresh";
import { define } from "../../lib/define.ts";
import { readCurrentSession } from "../(_session)/read_current_session.ts";

const requireSession = define.middleware(async (ctx) => {
  const { services } = ctx.state;
  ctx.state.session = await readCurrentSession(services, ctx.req.headers);
  if (ctx.state.session === null) {
    const next = encodeURIComponent(ctx.url.pathname + ctx.url.search);
    return ctx.redirect(`/sign_in?next=${next}`, 303);
  }
  ctx.state.feedPosition = services.feed.position;
  const response = await ctx.next();
  // Pages hold personal data: no cache on the way may keep them.
  response.headers.set("cache-control", "no-store");
  return response;
});

export default [csrf(), requireSession];
