import { assertEquals } from "@std/assert";
import { keepTheme, readTheme, toTheme } from "./theme.ts";

Deno.test("readTheme() reads back what keepTheme() wrote, among other cookies", () => {
  const pair = keepTheme("dark").split(";")[0];
  assertEquals(readTheme(new Headers({ cookie: `a=1; ${pair}; b=2` })), "dark");
});

Deno.test("readTheme() leaves it to the system without a choice, or with a forged one", () => {
  assertEquals(readTheme(new Headers()), "system");
  assertEquals(
    readTheme(new Headers({ cookie: "rollcall_theme=pink" })),
    "system",
  );
  assertEquals(
    readTheme(new Headers({ cookie: "not_rollcall_theme=dark" })),
    "system",
  );
});

Deno.test("toTheme() takes nothing but a choice", () => {
  assertEquals(toTheme("light"), "light");
  assertEquals(toTheme(new File([], "dark")), "system");
});
