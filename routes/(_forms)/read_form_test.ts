import { assertEquals, assertRejects } from "@std/assert";
import { HttpError } from "fresh";
import { readForm } from "./read_form.ts";

const post = (init: RequestInit) =>
  new Request("http://localhost/", { method: "POST", ...init });

async function statusOf(init: RequestInit): Promise<number> {
  return (await assertRejects(() => readForm(post(init)), HttpError)).status;
}

Deno.test("readForm() reads both encodings of a form", async () => {
  const fields = new FormData();
  fields.set("theme", "dark");
  for (const body of [fields, new URLSearchParams({ theme: "dark" })]) {
    assertEquals((await readForm(post({ body }))).get("theme"), "dark");
  }
});

Deno.test("readForm() answers 400 to what is no form", async () => {
  assertEquals(await statusOf({ body: "{}" }), 400);
  assertEquals(await statusOf({}), 400);
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  assertEquals(await statusOf({ body: "garbage", headers }), 400);
});

Deno.test("readForm() answers 413 to a form that is too large, declared or not", async () => {
  const body = new URLSearchParams({ theme: "x".repeat(20_000) });
  assertEquals(await statusOf({ body }), 413);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const stream = new Blob([body.toString()]).stream();
  assertEquals(await statusOf({ body: stream, headers }), 413);
});
