import { assertEquals } from "@std/assert";
import { readEventQuery } from "./event_query.ts";

const read = (query: string) => readEventQuery(new URLSearchParams(query));

Deno.test("readEventQuery() reads filters, and times as UTC", () => {
  assertEquals(
    read("text=msg_1&type=user.created&state=failed&from=2026-11-26T01:00"),
    {
      text: "msg_1",
      type: "user.created",
      state: "failed",
      from: new Date("2026-11-26T01:00:00Z"),
      to: null,
    },
  );
});

Deno.test("readEventQuery() asks nothing by what it cannot read", () => {
  const nothing = { text: "", type: null, state: null, from: null, to: null };
  assertEquals(read(""), nothing);
  assertEquals(read("state=$ne&from=2026-99-99T00:00&to=now&type="), nothing);
});
