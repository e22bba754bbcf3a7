import { assertEquals } from "@std/assert";
import { greet } from "./greeting.ts";

Deno.test("greet() repeats names of any script, and nothing that could be a message", async (t) => {
  const cases: [string | null, string][] = [
    ["Ada", "Hello Ada,"],
    ["  Jean-Luc ", "Hello Jean-Luc,"],
    ["D’Arcy", "Hello D’Arcy,"],
    ["Søren  Å.", "Hello Søren Å.,"],
    ["さくら", "Hello さくら,"],
    ["मीरा", "Hello मीरा,"],
    [null, "Hello,"],
    ["", "Hello,"],
    ["   ", "Hello,"],
    ["win.example.com", "Hello,"],
    ["https://example.com", "Hello,"],
    ["<b>Ada</b>", "Hello,"],
    ["Ada\r\nBcc: x@example.com", "Hello,"],
    ["you won 1000 dollars", "Hello,"],
    ["A".repeat(41), "Hello,"],
  ];
  for (const [name, expected] of cases) {
    await t.step(JSON.stringify(name), () => {
      assertEquals(greet(name), expected);
    });
  }
});
