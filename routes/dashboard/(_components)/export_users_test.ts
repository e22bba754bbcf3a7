import { assertEquals } from "@std/assert";
import {
  EMPTY_USER,
  type UserDocument,
} from "../../../lib/sync/user_document.ts";
import { exportUsers } from "./export_users.ts";

const user = (fields: Partial<UserDocument>): UserDocument => ({
  ...EMPTY_USER,
  _id: "user_1",
  username: "ada",
  sync: {
    version: 1,
    event_at: null,
    event_id: null,
    source: "webhook",
    synced_at: new Date(0),
    clerk_username: null,
  },
  ...fields,
});

async function read(users: UserDocument[], format: "csv" | "ndjson") {
  async function* stream() {
    yield* users;
  }
  return await new Response(exportUsers(stream(), format)).text();
}

Deno.test("exportUsers() quotes what CSV would take apart", async () => {
  const text = await read([user({ full_name: 'Ada "A", Lovelace\n' })], "csv");
  assertEquals(
    text.split("\r\n")[1],
    'user_1,,,"Ada ""A"", Lovelace\n",,,ada,,,false,false,,',
  );
});

Deno.test("exportUsers() disarms what a spreadsheet would run", async () => {
  const text = await read([user({ username: "=HYPERLINK(1)" })], "csv");
  assertEquals(text.split("\r\n")[1]?.split(",")[6], "'=HYPERLINK(1)");
});

Deno.test("exportUsers() writes one JSON document a line", async () => {
  const text = await read([user({}), user({ _id: "user_2" })], "ndjson");
  const ids = text.trim().split("\n").map((line) => JSON.parse(line)._id);
  assertEquals(ids, ["user_1", "user_2"]);
});
