import { assertEquals } from "@std/assert";
import { beginsWith, spellingsOf, toSearchText } from "./prefix_search.ts";

Deno.test("spellingsOf() finds names as people write them", () => {
  assertEquals(spellingsOf("ada love"), ["ada love", "Ada Love", "ADA LOVE"]);
  assertEquals(spellingsOf("o'brien")[1], "O'Brien");
  assertEquals(spellingsOf("élodie")[1], "Élodie");
  assertEquals(spellingsOf("42"), ["42"]);
});

Deno.test("toSearchText() cuts, trims and mends what was typed", () => {
  assertEquals(toSearchText("  ada "), "ada");
  assertEquals(toSearchText(null), "");
  assertEquals(toSearchText("\ud800"), "\ufffd");
  assertEquals(toSearchText("a".repeat(10_000)).length, 200);
});

Deno.test("beginsWith() makes no pattern of what was typed", () => {
  assertEquals(beginsWith(".*"), { $gte: ".*", $lt: ".*\u{10ffff}" });
});
