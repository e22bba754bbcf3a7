import type { Context } from "fresh";

export default async function (ctx: Context<{ trace?: string }>) {
  ctx.state.trace = "root";
  const response = await ctx.next();
  response.headers.set("X-Trace", ctx.state.trace);
  return response;
}
