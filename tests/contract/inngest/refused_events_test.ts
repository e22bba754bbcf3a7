/**
 * What the event API refuses, and how it says so.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { postEvents } from "./post_events.ts";
import { engineTest, startApp } from "./start_app.ts";

for (
  const { what, events, error } of [
    { what: "an empty name", events: [{ name: "" }], error: /name is empty/ },
    {
      what: "a reserved name",
      events: [{ name: "Inngest/x" }],
      error: /reserved/,
    },
    {
      what: "a date before 1980",
      events: [{ name: "a/b", ts: 1 }],
      error: /between 1980 and 2100/,
    },
    {
      what: "a date after 2100",
      events: [{ name: "a/b", ts: Date.UTC(2100, 0, 2) }],
      error: /between 1980 and 2100/,
    },
    {
      what: "a negative date",
      events: [{ name: "a/b", ts: -1 }],
      error: /between 1980 and 2100/,
    },
    {
      what: "a date that is a text",
      events: [{ name: "a/b", ts: "2026-01-01" }],
      error: /between 1980 and 2100/,
    },
    { what: "no name", events: [{ data: {} }], error: /name is empty/ },
    {
      what: "a name that is a number",
      events: [{ name: 1 }],
      error: /name is empty/,
    },
    {
      what: "an id that is a number",
      events: [{ name: "a/b", id: 7 }],
      error: /id is not a string/,
    },
    {
      what: "data that is a text",
      events: [{ name: "a/b", data: "x" }],
      error: /data is not an object/,
    },
    {
      what: "data that nests without end",
      events: `{"name":"a/b","data":{"x":${"[".repeat(20_000)}${
        "]".repeat(20_000)
      }}}`,
      error: /nested more than 500 deep/,
    },
    { what: "null", events: "null", error: /not an object/ },
    { what: "what is no object", events: ["a/b"], error: /not an object/ },
    { what: "what is not JSON", events: "{", error: /not JSON/ },
    {
      what: "data that is a list",
      events: [{ name: "a/b", data: [1] }],
      error: /data is not an object/,
    },
    {
      what: "more than 3 MiB",
      events: [{ name: "a/b", data: { x: "x".repeat(3 * 1024 * 1024) } }],
      error: /larger than 3 MiB/,
    },
    {
      what: "more than 5,000 events",
      events: Array(5_001).fill({ name: "a/b" }),
      error: /more than 5000/,
    },
  ]
) {
  engineTest(`POST /e refuses ${what}`, async () => {
    await using app = await startApp(() => []);
    const { status, body } = await postEvents(app.engine, events);
    assertEquals([status, body.status, body.ids], [400, 400, [""]]);
    assertMatch(body.error ?? "", error);
  });
}
