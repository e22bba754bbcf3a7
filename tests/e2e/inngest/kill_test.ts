/**
 * The engine killed with SIGKILL at random moments, 200 runs of three steps offered each time: no
 * acknowledged event is lost, and no step runs again that was saved or whose run has gone on. A
 * kill that comes while the runs of earlier rounds are taken up again is one of the moments.
 */
import { assertEquals } from "@std/assert";
import { TextLineStream } from "../../support/text_lines.ts";

const ROUNDS = Number(Deno.env.get("INNGEST_KILL_ROUNDS") ?? 20); // a second each
const MOST_LINES_BEFORE_KILL = 700; // of the 800 at least that a round without a kill prints
const LONGEST_ROUND_MS = 60_000;
const STEPS = ["one", "two", "three"];
const PROGRESS = /^(?:acked|one|two|three) /;

Deno.test("kill -9 at random moments loses no acknowledged event and repeats no completed step", async () => {
  const folder = await Deno.makeTempDir({ prefix: "inngest_kill_" });
  try {
    const lines: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const killAfter = Math.ceil(Math.random() * MOST_LINES_BEFORE_KILL);
      lines.push(...await run([folder, `r${round}`], killAfter));
    }
    const rest = await run([folder]);
    const completed = idsOf(rest.slice(rest.indexOf("idle")), "COMPLETED");
    assertEquals(completed.length, new Set(completed).size); // an event starts one run
    assertEquals(
      idsOf(lines, "acked").filter((id) => !completed.includes(id)),
      [],
    );
    assertEquals(stepsRunAgain([...lines, ...rest]), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Runs the app to its end, or kills it after so many lines; returns what it printed. */
async function run(args: string[], killAfter?: number): Promise<string[]> {
  const app = new URL("crash_app.ts", import.meta.url).pathname;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", app, ...args],
    stdout: "piped",
  }).spawn();
  const deadline = setTimeout(() => process.kill("SIGABRT"), LONGEST_ROUND_MS);
  const printed: string[] = [];
  const text = process.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  let progress = 0; // lines about what it found are none
  for await (const line of text) {
    printed.push(line);
    if (!PROGRESS.test(line)) continue;
    if (++progress === killAfter) process.kill("SIGKILL");
  }
  clearTimeout(deadline);
  const { signal } = await process.status;
  assertEquals(signal, killAfter === undefined ? null : "SIGKILL");
  return printed;
}

function idsOf(lines: readonly string[], what: string): string[] {
  return lines.filter((line) => line.startsWith(`${what} `))
    .map((line) => line.slice(what.length + 1));
}

/**
 * Bodies that start although their step was saved: a process found it, its run was complete, or a
 * later body has started. The SDK starts a body once the step before it is saved.
 */
function stepsRunAgain(lines: readonly string[]): string[] {
  const saved = new Map<string, number>();
  const save = (id: string, count: number) =>
    saved.set(id, Math.max(count, saved.get(id) ?? 0));
  return lines.filter((line) => {
    const [what = "", ...rest] = line.split(" ");
    const id = rest.at(-1) ?? "";
    if (what === "COMPLETED") save(id, STEPS.length);
    if (what === "saved") save(id, STEPS.indexOf(rest[0] ?? "") + 1);
    const place = STEPS.indexOf(what);
    if (place === -1) return false;
    const isAgain = place < (saved.get(id) ?? 0);
    save(id, place);
    return isAgain;
  });
}
