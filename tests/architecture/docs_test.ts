/** What the documentation names is there: files, links, tasks, pages, settings. */
import { assertEquals } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** Folders whose files are named from the root. */
const FOLDERS =
  /^(benches|deploy|docs|functions|islands|lib|packages|routes|static|tasks|tests)\//;

/** Set by platforms or read by the tests alone. */
const FOREIGN_SETTINGS = new Set(["DENO_DEPLOYMENT_ID", "INNGEST_KILL_ROUNDS"]);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

async function exists(path: string, base: URL = ROOT): Promise<boolean> {
  try {
    await Deno.stat(new URL(path, base));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function listPages(): Promise<string[]> {
  const pages = ["README.md", "CHANGELOG.md"];
  for (const folder of ["docs", "docs/decisions"]) {
    for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
      if (name.endsWith(".md")) pages.push(`${folder}/${name}`);
    }
  }
  return pages;
}

/** Whatever stands between two backticks, or in a block of commands. */
function codeOf(text: string): string[] {
  return [...text.matchAll(/```\w*\n([\s\S]*?)```|`([^`]+)`/g)]
    .flatMap(([, block, inline]) => (block ?? inline ?? "").split(/\s+/));
}

/** A page of the dashboard is a file under routes/, or one named for its place. */
async function hasRoute(path: string): Promise<boolean> {
  const file = `routes${path.replace(/[?#].*$/, "")}`;
  const candidates = [".ts", ".tsx", "/index.ts", "/index.tsx"];
  const found = await Promise.all(candidates.map((end) => exists(file + end)));
  return found.includes(true);
}

for (const page of await listPages()) {
  Deno.test(`${page} names what is there`, async () => {
    const text = await read(page);
    const settings = await read(".env.example");
    const missing: string[] = [];
    const note = async (what: string, isThere: Promise<boolean>) => {
      if (!await isThere) missing.push(what);
    };
    const code = codeOf(text);
    for (const word of code) {
      const path = word.replace(/[:,.;)]+$/, "");
      if (FOLDERS.test(path)) await note(path, exists(path));
      if (/^\/dashboard\b/.test(path)) await note(path, hasRoute(path));
      const name = /^([A-Z][A-Z0-9]*_[A-Z0-9_]+)(=|$)/.exec(path)?.[1];
      if (name !== undefined && !FOREIGN_SETTINGS.has(name)) {
        const isSetting = new RegExp(`^${name}=`, "m").test(settings);
        await note(name, Promise.resolve(isSetting));
      }
    }
    for (const [, task = ""] of text.matchAll(/\btask ([a-z][\w:-]*)/g)) {
      if (!Object.hasOwn(manifest.tasks, task)) missing.push(`task ${task}`);
    }
    for (const [, link = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const target = link.replace(/#.*$/, "");
      await note(link, exists(target, new URL(page, ROOT)));
    }
    assertEquals(missing, []);
  });
}
