/** What axe-core finds wrong on a page, told briefly. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/**
 * Runs axe on a page; it is put in by the debugger, past the page's policy.
 *
 * @param page A loaded page.
 * @param rules Ids of axe's rules; all of them by default.
 * @returns Serious and critical findings: the rule and the first elements.
 */
export async function findViolations(
  page: Page,
  rules?: string[],
): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (values) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ["violations"],
        ...(values ? { runOnly: { type: "rule", values } } : {}),
      }),
    rules,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" ")}`
    );
}
