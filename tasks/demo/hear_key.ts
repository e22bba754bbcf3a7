/** Listens to a person at the terminal, or to a program at the other end. */

/**
 * Calls back for each line that is one key.
 *
 * @param key The line.
 * @param onKey Called each time, until the input ends.
 */
export function hearKey(key: string, onKey: () => void): void {
  void hearLines((line) => {
    if (line.trim() === key) onKey();
  });
}

async function hearLines(onLine: (line: string) => void): Promise<void> {
  const text = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
}
