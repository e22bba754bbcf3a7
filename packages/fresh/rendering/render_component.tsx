/**
 * Makes a node of a route component: async ones are awaited here, others run
 * when the tree is rendered.
 */
import { type FunctionComponent, type VNode } from "preact";
import type { Context } from "../context.ts";
import { isAsyncComponent, type RouteComponent } from "../page_props.ts";

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
  const { config, error, info, isPartial, params } = ctx;
  const { req, state, url, route } = ctx;
  const request = { config, error, info, isPartial, params, req, route };
  const props = { ...request, state, url, Component, data };
  if (isAsyncComponent(component)) return await component(props);
  const Page = component;
  return <Page {...props} />;
}
