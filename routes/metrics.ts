/** The service's measurements as Prometheus text. */
import { define } from "../lib/define.ts";
import { observeStore } from "./(_metrics)/observe_store.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { metrics, metricsText } = ctx.state.services;
    await observeStore(ctx.state.services);
    return new Response(await metricsText(), {
      headers: { "content-type": metrics.contentType },
    });
  },
});
