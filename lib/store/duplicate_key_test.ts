import { assertEquals } from "@std/assert";
import { isDuplicateIn } from "./duplicate_key.ts";

const ON_USERNAME =
  'E11000 duplicate key error collection: rollcall.users index: username_1 dup key: { username: "_id_" }';
const ON_ID =
  'E11000 duplicate key error collection: rollcall.users index: _id_ dup key: { _id: "username_" }';

const CASES: [string, string, number, string, boolean][] = [
  ["the index that is asked for", "username", 11000, ON_USERNAME, true],
  ["another index", "_id", 11000, ON_USERNAME, false],
  ["the index of ids", "_id", 11000, ON_ID, true],
  ["an id that reads like an index", "username", 11000, ON_ID, false],
  ["another error", "username", 121, ON_USERNAME, false],
  ["old servers' names", "username", 11000, "index: a.users.$username_1", true],
];
for (const [name, field, code, errmsg, expected] of CASES) {
  Deno.test(`isDuplicateIn() knows ${name}`, () => {
    assertEquals(isDuplicateIn({ code, errmsg }, field), expected);
  });
}
