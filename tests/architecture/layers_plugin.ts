/**
 * The import rule of this code base as a lint plugin: imports go down only.
 *
 * The table below is the layout of docs/architecture.md. A file may import from
 * its own unit and from any unit of a lower rank; the adapters (rank 3) never
 * import each other; a package is entered through its public modules only.
 * Tests and benches may import anything.
 */

interface Unit {
  /** Path prefix, relative to the repository root. */
  readonly prefix: string;
  /** Imports may go to units of a strictly lower rank. */
  readonly rank: number;
}

const UNITS: readonly Unit[] = [
  { prefix: "packages/fresh/", rank: 0 },
  { prefix: "packages/embedded_mongo/", rank: 0 },
  { prefix: "packages/embedded_inngest/", rank: 0 },
  { prefix: "packages/std/", rank: 0 },
  { prefix: "lib/sync/", rank: 2 },
  { prefix: "lib/clerk/", rank: 3 },
  { prefix: "lib/inngest/", rank: 3 },
  { prefix: "lib/store/", rank: 3 },
  { prefix: "lib/providers/", rank: 3 },
  { prefix: "lib/auth/", rank: 3 },
  { prefix: "lib/parts/", rank: 4 },
  { prefix: "lib/doctor/", rank: 5 },
  { prefix: "lib/services.ts", rank: 5 },
  { prefix: "lib/define.ts", rank: 5 },
  { prefix: "lib/", rank: 1 },
  { prefix: "islands/", rank: 6 },
  { prefix: "functions/", rank: 6 },
  { prefix: "routes/", rank: 7 },
  { prefix: "main.ts", rank: 8 },
  { prefix: "dev.ts", rank: 9 },
  { prefix: "tasks/", rank: 10 },
];

const DEFINE_PREFIX = "lib/define.ts";

/** The folder this repository is checked out in, with a trailing slash. */
const ROOT = new URL("../../", import.meta.url).pathname;

function findUnit(path: string): Unit | undefined {
  return UNITS.find((unit) => path.startsWith(unit.prefix));
}

/** A repository-relative path, or undefined for a path outside it. */
function relativeToRoot(path: string): string | undefined {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : undefined;
}

function isExempt(path: string): boolean {
  return path.startsWith("tests/") || path.startsWith("benches/") ||
    /_(test|bench)\.tsx?$/.test(path);
}

/**
 * Says why `importer` may not import `specifier`.
 *
 * @param importer Repository-relative path of the importing file.
 * @param specifier The import as written.
 * @param isTypeOnly Whether it is an `import type`.
 * @returns The complaint, or undefined when the import is fine.
 */
export function explainForbiddenImport(
  importer: string,
  specifier: string,
  isTypeOnly: boolean,
): string | undefined {
  if (!specifier.startsWith(".") || isExempt(importer)) return undefined;
  const from = findUnit(importer);
  const target = relativeToRoot(
    new URL(specifier, `file://${ROOT}${importer}`).pathname,
  );
  if (from === undefined) return undefined;
  if (target === undefined) return `"${specifier}" leaves the repository`;
  if (isExempt(target)) return `"${target}" is test code`;
  const to = findUnit(target);
  if (to === undefined || to === from) return undefined;
  if (from.prefix === "islands/" && !isTypeOnly) {
    return `an island may only "import type" from ${to.prefix}`;
  }
  if (from.prefix === DEFINE_PREFIX && to.rank === from.rank) return undefined;
  if (to.rank === 0 && !/\/(mod|runtime|dev|internal)\.ts$/.test(target)) {
    return `enter ${to.prefix} through its public modules`;
  }
  return to.rank < from.rank
    ? undefined
    : `${from.prefix} must not import from ${to.prefix}: imports go down only`;
}

const plugin: Deno.lint.Plugin = {
  name: "rollcall",
  rules: {
    "import-layers": {
      create(context) {
        const importer = relativeToRoot(context.filename);
        const check = (
          node: Deno.lint.Node,
          specifier: unknown,
          isTypeOnly: boolean,
        ) => {
          if (importer === undefined || typeof specifier !== "string") return;
          const complaint = explainForbiddenImport(
            importer,
            specifier,
            isTypeOnly,
          );
          if (complaint !== undefined) {
            context.report({ node, message: complaint });
          }
        };
        return {
          ImportDeclaration: (node) =>
            check(node, node.source.value, node.importKind === "type"),
          ExportNamedDeclaration: (node) =>
            check(node, node.source?.value, node.exportKind === "type"),
          ExportAllDeclaration: (node) =>
            check(node, node.source.value, node.exportKind === "type"),
          ImportExpression(node) {
            if (node.source.type === "Literal") {
              check(node, node.source.value, false);
            }
          },
        };
      },
    },
  },
};

export default plugin;
