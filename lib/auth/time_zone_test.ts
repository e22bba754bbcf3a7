import { assertEquals } from "@std/assert";
import {
  createTimeFormat,
  keepTimeZone,
  readTimeZone,
  toTimeZone,
} from "./time_zone.ts";

Deno.test("readTimeZone() reads back what keepTimeZone() wrote", () => {
  for (const zone of ["Europe/Vienna", "Etc/GMT+5", "UTC"]) {
    const cookie = keepTimeZone(zone).split(";")[0] ?? "";
    assertEquals(readTimeZone(new Headers({ cookie: `a=1; ${cookie}` })), zone);
  }
});

Deno.test("toTimeZone() takes nothing but a zone", () => {
  const none = ["Mars/Olympus", "", "a\r\nb: c", undefined, "x".repeat(500)];
  for (const value of none) assertEquals(toTimeZone(value), "UTC");
});

Deno.test("createTimeFormat() writes an instant in its zone", () => {
  const at = new Date("2026-07-01T22:30:05Z");
  assertEquals(createTimeFormat("UTC").format(at), "2026-07-01 22:30:05 UTC");
  assertEquals(
    createTimeFormat("Europe/Vienna").format(at),
    "2026-07-02 00:30:05 Europe/Vienna",
  );
});
