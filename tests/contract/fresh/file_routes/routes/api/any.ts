import type { Context } from "fresh";

export const handlers = (ctx: Context<unknown>) => new Response(ctx.req.method);
