/**
 * Functions of any shape: random programs of serial and parallel steps, some failing a few times,
 * against what the program means. Sent together, so that they also get in each other's way.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { startApp } from "./start_app.ts";

type Program =
  | { readonly kind: "step"; readonly failures: number }
  | {
    readonly kind: "serial" | "parallel";
    readonly parts: readonly Program[];
  };

const PROGRAMS = 60;
const MAX_FAILURES = 2; // of the four retries that a step has

const { program } = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({
      kind: fc.constant("step" as const),
      failures: fc.nat(MAX_FAILURES),
    }),
    fc.record({
      kind: fc.constantFrom("serial" as const, "parallel" as const),
      parts: fc.array(tie("program"), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** What a program gives when nothing interferes: the name of each step, nested as it is. */
function meaning(program: Program, name: string): unknown {
  if (program.kind === "step") return name;
  return program.parts.map((part, i) => meaning(part, `${name}.${i}`));
}

/** How often each body is to run: once for every failure, and once. */
function expectedBodies(program: Program, name: string): [string, number][] {
  if (program.kind === "step") return [[name, program.failures + 1]];
  return program.parts.flatMap((part, i) =>
    expectedBodies(part, `${name}.${i}`)
  );
}

for (const checkpointing of [true, false]) {
  Deno.test(`a function gives what its program means, each body run once a try, with checkpointing ${checkpointing}`, async () => {
    const bodies = new Map<string, number>();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "program", triggers: [{ event: "a/b" }], checkpointing },
        async ({ event, step }) => {
          const { program, name } = event.data as {
            program: Program;
            name: string;
          };
          return { name, value: await execute(program, name) };

          async function execute(
            program: Program,
            name: string,
          ): Promise<unknown> {
            if (program.kind === "step") {
              return await step.run(name, () => {
                const tries = (bodies.get(name) ?? 0) + 1;
                bodies.set(name, tries);
                if (tries <= program.failures) throw new Error("not yet");
                return name;
              });
            }
            const named = program.parts.map((part, i) =>
              [part, `${name}.${i}`] as const
            );
            if (program.kind === "parallel") {
              return await Promise.all(
                named.map(([part, path]) => execute(part, path)),
              );
            }
            const values: unknown[] = [];
            for (const [part, path] of named) {
              values.push(await execute(part, path));
            }
            return values;
          }
        },
      ),
    ]);
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const programs = fc.sample(program, { numRuns: PROGRAMS, seed })
      .map((program, i) => ({ program, name: `p${i}` }));
    await app.client.send(
      programs.map((data) => ({ name: "a/b", data })),
    );
    const results = new Map<string, unknown>();
    for (let i = 0; i < PROGRAMS; i++) {
      const { result } = await app.ended("program");
      const { name, value } = result as { name: string; value: unknown };
      results.set(name, value);
    }
    for (const { program, name } of programs) {
      const context = `seed ${seed}, ${name}`;
      assertEquals(results.get(name), meaning(program, name), context);
      for (const [body, count] of expectedBodies(program, name)) {
        assertEquals(bodies.get(body), count, `${context}, ${body}`);
      }
    }
  });
}
