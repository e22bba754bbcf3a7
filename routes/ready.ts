/** Ready: each dependency answers, with the time it took; 503 when one does not. */
import { define } from "../lib/define.ts";
import { probeDependencies } from "./(_dependencies)/probe.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const dependencies = await probeDependencies(ctx.state.services);
    const isReady = Object.values(dependencies).every(({ status }) =>
      status === "ok"
    );
    return Response.json(
      { status: isReady ? "ok" : "degraded", dependencies },
      { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
    );
  },
});
