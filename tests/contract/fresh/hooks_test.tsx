/** preact's hooks while a page is rendered on the server. */
import { assertEquals } from "@std/assert";
import { createContext, type VNode } from "preact";
import { useContext, useErrorBoundary, useId, useState } from "preact/hooks";
import { App } from "fresh";
import { askText, readBody } from "./ask.ts";

async function renderBody(Page: () => VNode): Promise<string> {
  const app = new App().get("/", (ctx) => ctx.render(<Page />));
  return readBody(await askText(app, "/"));
}

Deno.test("useId() gives each component an id of its own", async () => {
  const Leaf = () => <i id={useId()} />;
  const Branch = () => (
    <b id={useId()}>
      <Leaf />
      <Leaf />
    </b>
  );
  const html = await renderBody(() => (
    <main id={useId()}>
      <Branch />
      <Leaf />
      <Branch />
    </main>
  ));
  const ids = html.match(/id="[^"]+"/g) ?? [];
  assertEquals([ids.length, new Set(ids).size], [8, 8]);
});

Deno.test("useState() that is set while rendering renders again", async () => {
  const Settling = () => {
    const [count, setCount] = useState(0);
    if (count < 3) setCount(count + 1);
    return <p>{count}</p>;
  };
  assertEquals(await renderBody(Settling), "<p>3</p>");
});

Deno.test("useContext() finds the provider above", async () => {
  const Name = createContext("none");
  const Show = () => <i>{useContext(Name)}</i>;
  const html = await renderBody(() => (
    <>
      <Name.Provider value="Ada">
        <Show />
      </Name.Provider>
      <Show />
    </>
  ));
  assertEquals(html, "<i>Ada</i><i>none</i>");
});

Deno.test("useErrorBoundary() is left alone: the page fails", async () => {
  const Failing = () => {
    throw new Error("fail");
  };
  const Guard = () => {
    const [error] = useErrorBoundary();
    return error ? <p>caught</p> : <Failing />;
  };
  const app = new App()
    .onError("*", () => new Response("failed", { status: 500 }))
    .get("/", (ctx) => ctx.render(<Guard />));
  assertEquals(await askText(app, "/"), "failed");
});
