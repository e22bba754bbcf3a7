/**
 * Shows the lines of source around the place where an error was thrown.
 */
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A piece of source. */
export interface CodeFrame {
  /** Where the error is, as `path:line:column`, from the project's folder. */
  readonly location: string;
  /** Lines with their numbers; the failing one is marked. */
  readonly lines: readonly {
    readonly text: string;
    readonly isFailing: boolean;
  }[];
}

const STACK_FRAME = /\(?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm;
const LINES_AROUND = 3;

/**
 * Reads the source of the first frame that belongs to the project.
 *
 * @param stack `error.stack`.
 * @param root Folder of the project.
 * @returns The lines, or undefined when no frame belongs to it.
 */
export function readCodeFrame(
  stack: string,
  root: string,
): CodeFrame | undefined {
  for (const [, url = "", line, column] of stack.matchAll(STACK_FRAME)) {
    const path = fileURLToPath(url);
    if (!path.startsWith(root + sep)) continue;
    const source = readSource(path);
    if (source === undefined) continue;
    const name = path.slice(root.length + 1);
    return {
      location: `${name}:${line}:${column}`,
      lines: cutLines(source, Number(line)),
    };
  }
  return undefined;
}

/** While a page is rendered nothing can be awaited. */
function readSource(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // the stack may be older than the file's removal
  }
}

function cutLines(source: string, failing: number): CodeFrame["lines"] {
  const first = Math.max(1, failing - LINES_AROUND);
  const last = failing + LINES_AROUND;
  return source.split("\n").slice(first - 1, last).map((text, i) => ({
    text: `${String(first + i).padStart(5)} | ${text}`,
    isFailing: first + i === failing,
  }));
}
