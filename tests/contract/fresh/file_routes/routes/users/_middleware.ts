import type { Context } from "fresh";

const add = (name: string) => (ctx: Context<{ trace?: string }>) => {
  ctx.state.trace += ` ${name}`;
  return ctx.next();
};

export const handler = [add("users1"), add("users2")];
