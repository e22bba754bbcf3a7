import { assertEquals } from "@std/assert";
import { safePath } from "./safe_path.ts";

Deno.test("safePath() takes paths of our own with their query", () => {
  assertEquals(
    safePath("/dashboard/users?text=ada"),
    "/dashboard/users?text=ada",
  );
});

Deno.test("safePath() leads nowhere else", () => {
  const away = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "dashboard",
    "",
    null,
  ];
  for (const path of away) assertEquals(safePath(path), "/dashboard");
});
