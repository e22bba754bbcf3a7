/**
 * Renders a page to HTML: layouts and app wrapper around it, `<html>`, `<head>`
 * and `<body>` where nobody rendered them, and the scripts of its islands.
 *
 * Async wrappers are awaited first; rendering itself never waits, so that one
 * page is rendered at a time (see render_state.ts).
 */
import { Fragment, h, isValidElement, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Context, readBuildCache, readUiTree } from "../context.ts";
import type { LayoutConfig } from "../route.ts";
import { rememberNonce } from "./nonce.ts";
import { renderComponent } from "./render_component.tsx";
import {
  createRenderState,
  type RenderState,
  withRenderState,
} from "./render_state.ts";
import "./vnode_hooks.ts";

/**
 * Renders a page inside the wrappers that the chain has put around it.
 *
 * @param ctx The request.
 * @param page The page.
 * @param init Status and headers of the answer.
 * @param config Which wrappers to leave out.
 * @returns The page, or the answer that an async wrapper gives itself.
 * @throws {Error} when the page is no JSX element.
 */
export async function renderPage<State>(
  ctx: Context<State>,
  page: VNode | null,
  init: ResponseInit,
  config: LayoutConfig,
): Promise<Response> {
  if (page !== null && !isValidElement(page)) {
    throw new Error("Cannot render page: it is no JSX element");
  }
  const content = await wrapInLayouts(ctx, page, config);
  if (content instanceof Response) return content;
  const slot: WrapperSlot = { content };
  const wrapper = await wrapInApp(ctx, slot, config);
  if (wrapper instanceof Response) return wrapper;

  const state = createRenderState(ctx, readBuildCache(ctx));
  const html = withRenderState(state, () => {
    const inner = renderToString(content ?? h(Fragment, null));
    if (wrapper === null) return completeDocument(inner, state);
    slot.content = jsxTemplate([inner]);
    return completeDocument(renderToString(wrapper), state);
  });
  const response = new Response(`<!DOCTYPE html>${html}`, {
    ...init,
    headers: createHeaders(init.headers, state),
  });
  rememberNonce(response, state.nonce);
  return response;
}

/** What `<Component />` renders in the app wrapper. */
interface WrapperSlot {
  /** The page; as HTML as soon as that is there. */
  content: VNode | null;
}

async function wrapInLayouts<State>(
  ctx: Context<State>,
  page: VNode | null,
  { skipInheritedLayouts = false }: LayoutConfig,
): Promise<VNode | Response | null> {
  const layouts = skipInheritedLayouts ? [] : readUiTree(ctx).layouts;
  let content = page;
  for (const layout of layouts.toReversed()) {
    const child = content;
    const Component = () => child;
    ctx.Component = Component;
    const wrapped = await renderComponent(ctx, layout, Component, null);
    if (wrapped instanceof Response) return wrapped;
    content = wrapped;
  }
  return content;
}

async function wrapInApp<State>(
  ctx: Context<State>,
  slot: WrapperSlot,
  { skipAppWrapper = false }: LayoutConfig,
): Promise<VNode | Response | null> {
  const { app } = readUiTree(ctx);
  if (skipAppWrapper || app === null) return null;
  const Component = () => slot.content;
  ctx.Component = Component;
  return await renderComponent(ctx, app, Component, null);
}

/** The page is rendered by now, so what it put into `<Head>` is known. */
function completeDocument(html: string, { rendered }: RenderState): string {
  if (rendered.html && rendered.head && rendered.body) return html;
  let document: VNode = jsxTemplate([html]);
  if (!rendered.body) document = h("body", null, document);
  if (!rendered.head) {
    const head = h("head", null, h("meta", { charset: "utf-8" }));
    document = h(Fragment, null, head, document);
  }
  if (!rendered.html) document = h("html", null, document);
  return renderToString(document);
}

function createHeaders(
  init: HeadersInit | undefined,
  state: RenderState,
): Headers {
  const headers = new Headers(init);
  headers.set("Content-Type", "text/html; charset=utf-8");
  const { islands, scripts, basePath } = state;
  if (islands.size === 0 && scripts.dev === null) return headers;
  const files = [scripts.runtime, ...[...islands].map(({ file }) => file)];
  const links = files.map((file) =>
    `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`
  );
  headers.append("Link", links.join(", "));
  return headers;
}
