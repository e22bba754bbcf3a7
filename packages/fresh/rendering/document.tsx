/**
 * Adds to `<head>` what `<Head>` collected, and to the end of `<body>` the
 * scripts that hydrate the islands.
 *
 * A page without islands gets no script. JSX that its island did not render is
 * kept in `<template>` elements, for the island may do so later.
 */
import type { ComponentChild, VNode } from "preact";
import { currentRenderState, type RenderState } from "./render_state.ts";
import { serializeIslandProps } from "./serialize_props.ts";

/**
 * Has the elements of `<Head>` rendered at the end of the head.
 *
 * @param head The `<head>` node.
 */
export function addHeadEnd(head: VNode): void {
  append(head, <HeadEnd />);
}

/**
 * Has the scripts rendered at the end of the body.
 *
 * @param body The `<body>` node.
 */
export function addScripts(body: VNode): void {
  append(body, <Scripts />);
}

function append(vnode: VNode, child: VNode): void {
  const { children } = vnode.props;
  vnode.props = { ...vnode.props, children: [children, child] };
}

function HeadEnd(): ComponentChild {
  const elements = currentRenderState()?.headElements.values() ?? [];
  return <>{[...elements]}</>;
}

function Scripts(): ComponentChild {
  const state = currentRenderState();
  if (state === null || state.hasScripts) return null;
  state.hasScripts = true;
  // Templates go first: they may hold further islands.
  return (
    <>
      <Templates state={state} />
      <Boot state={state} />
    </>
  );
}

function Templates({ state }: { state: RenderState }): ComponentChild {
  const pending = state.slots.filter(({ isRendered }) => !isRendered);
  return pending.map(({ id, name, children }) => (
    <template id={`frsh-${id}-${name}`}>{children}</template>
  ));
}

function Boot({ state }: { state: RenderState }): ComponentChild {
  const { basePath, buildCache, error, islands, scripts } = state;
  const overlay = buildCache.renderError(error);
  const lines: string[] = [];
  if (scripts.dev !== null) {
    lines.push(`import ${quote(basePath + scripts.dev)};`);
  }
  if (islands.size > 0) lines.push(...writeIslandScript(state));
  if (lines.length === 0) return overlay;
  return (
    <>
      <script
        type="module"
        // deno-lint-ignore react-no-danger -- every part of it is quoted
        dangerouslySetInnerHTML={{ __html: lines.join("") }}
      />
      {overlay}
    </>
  );
}

function writeIslandScript(
  { basePath, islands, islandProps, scripts }: RenderState,
): string[] {
  const { json, hasSignals } = serializeIslandProps(islandProps);
  const list = [...islands];
  // Names may be reserved words, so they are no more than keys.
  const components = list.map(({ name }, i) => `${quote(name)}:$${i}`);
  return [
    `import{boot}from${quote(basePath + scripts.runtime)};`,
    ...(hasSignals
      ? [`import{revivers}from${quote(basePath + scripts.signals)};`]
      : []),
    ...list.map(({ exportName, file }, i) =>
      `import{${exportName} as $${i}}from${quote(basePath + file)};`
    ),
    `boot({${components}},${quote(json)}${hasSignals ? ",revivers" : ""});`,
  ];
}

/** A string literal that can neither end the script nor start a comment. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<\u2028\u2029]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
