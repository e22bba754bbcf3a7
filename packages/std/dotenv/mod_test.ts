import { assert, assertEquals } from "@std/assert";
import { load, loadSync, parse, stringify } from "@std/dotenv";

const PARSED: [string, string, Record<string, string>][] = [
  ["plain values", "A=1\nB = two words ", { A: "1", B: "two words" }],
  ["empty values", "A=\nB=''", { A: "", B: "" }],
  ["comments", "# no\nA=1 # one\n#B=2", { A: "1" }],
  ["export", "export A=1", { A: "1" }],
  ["single quotes", "A='x # $B\\n'", { A: "x # $B\\n" }],
  ["double quotes", 'A="x\\ny \\"z\\""', { A: 'x\ny "z"' }],
  ["many lines", 'A="\none\ntwo\n"\nB=1', { A: "one\ntwo", B: "1" }],
  ["windows line ends", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["references", "A=1\nB=$A${A}\nC=${NOPE_X:-3}", { A: "1", B: "11", C: "3" }],
  ["a chain of references", "A=$B\nB=$C\nC=3", { A: "3", B: "3", C: "3" }],
  ["a default as far as the line goes", "A=$NO_X:-d e f", { A: "d e f" }],
  ["two defaults as one", "A=${NO_X:-1}${NO_Y:-2}", { A: "1}${NO_Y:-2" }],
  ["an assignment over two lines", "export\nA\n=1", { A: "1" }],
  ["keys that are no identifiers", "1A=1\nA=1", { A: "1" }],
  ["equals signs in values", "A=a=b==", { A: "a=b==" }],
];

for (const [what, text, expected] of PARSED) {
  Deno.test(`parse() reads ${what}`, () => {
    assertEquals({ ...parse(text) }, expected);
  });
}

Deno.test("parse() comes to an end on references in a ring", () => {
  assertEquals(parse("A=$B\nB=$A").A, "$B");
  // Each turn doubles the value.
  assert((parse("A=$A$A").A ?? "").length < 1_000_000);
});

Deno.test("parse() follows a chain of references to its end", () => {
  const links = Array.from({ length: 40 }, (_, i) => `A${i}=$A${i + 1}`);
  assertEquals(parse([...links, "A40=end"].join("\n")).A0, "end");
});

Deno.test("stringify() writes what parse() reads back", () => {
  const variables: Record<string, string> = {
    A: "plain",
    B: "two words",
    C: "it's",
    D: 'a "b"\n\tc\\n',
    E: "",
    F: "$A #x",
  };
  assertEquals({ ...parse(stringify(variables)) }, variables);
});

Deno.test("load() reads a file and exports only what is not set", async () => {
  const path = await Deno.makeTempFile();
  Deno.env.set("DOTENV_TEST_SET", "mine");
  try {
    await Deno.writeTextFile(path, "DOTENV_TEST_SET=a\nDOTENV_TEST_NEW=b");
    const variables = await load({ envPath: path, export: true });
    assertEquals(variables.DOTENV_TEST_SET, "a");
    assertEquals(Deno.env.get("DOTENV_TEST_SET"), "mine");
    assertEquals(Deno.env.get("DOTENV_TEST_NEW"), "b");
  } finally {
    Deno.env.delete("DOTENV_TEST_SET");
    Deno.env.delete("DOTENV_TEST_NEW");
    await Deno.remove(path);
  }
});

Deno.test("load() gives nothing for a file that is not there", async () => {
  assertEquals(await load({ envPath: "/nowhere/.env" }), {});
  assertEquals(loadSync({ envPath: "/nowhere/.env" }), {});
});
