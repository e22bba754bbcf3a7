import { assertEquals } from "@std/assert";
import { describeDriftFilter, readDriftFilter } from "./drift_query.ts";

const read = (query: string) => readDriftFilter(new URLSearchParams(query));

Deno.test("readDriftFilter() reads the filters that a list can have", () => {
  assertEquals(read("kind=edited&field=username&collection=users&all=1"), {
    kind: "edited",
    field: "username",
    collection: "users",
  });
});

Deno.test("readDriftFilter() asks nothing by what it cannot read", () => {
  assertEquals(read("kind=$ne&collection=secrets&field="), {});
});

Deno.test("describeDriftFilter() says which differences are meant", () => {
  assertEquals(describeDriftFilter({}), "all that are open");
  assertEquals(
    describeDriftFilter({ kind: "edited", field: "banned" }),
    "of kind edited, in the field banned",
  );
});
