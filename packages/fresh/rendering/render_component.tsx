/**
 * Makes a node of a route component: async ones are awaited here, others run
 * when the tree is rendered.
 */
import { type FunctionComponent, type VNode } from "preact";
import type { Context } from "../context.ts";
import {
  isAsyncComponent,
  type PageProps,
  type RouteComponent,
} from "../page_props.ts";

/**
 * Makes the node of a page or a layout.
 *
 * @param ctx The request, whose fields become properties.
 * @param component The component.
 * @param Component What it renders as `<props.Component />`.
 * @param data Becomes `props.data`.
 * @returns The node, or the answer that an async component gives itself.
 */
export async function renderComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  Component: FunctionComponent,
  data: unknown,
): Promise<VNode | Response | null> {
  const props = { ...readPageProps(ctx, data), Component };
  if (isAsyncComponent(component)) return await component(props);
  const Page = component;
  return <Page {...props} />;
}

/**
 * Gathers the properties of a page from the request.
 *
 * @param ctx The request.
 * @param data Becomes `props.data`.
 * @returns The properties, with `ctx.Component` as they are.
 */
export function readPageProps<State>(
  ctx: Context<State>,
  data: unknown,
): PageProps<unknown, State> {
  const { Component, config, error, info, isPartial, params } = ctx;
  const { req, state, url, route } = ctx;
  return {
    Component,
    config,
    data,
    error,
    info,
    isPartial,
    params,
    req,
    state,
    url,
    route,
  };
}
