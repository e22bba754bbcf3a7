/** A page's heading, its title in the browser's tab, and what can be done here. */
import type { ComponentChildren } from "preact";
import { Head } from "fresh/runtime";

interface PageHeadProps {
  readonly title: ComponentChildren;
  /** For the tab, where the title is more than text. */
  readonly tab?: string;
  readonly lead?: ComponentChildren;
  /** Buttons and links at the end of the line. */
  readonly children?: ComponentChildren;
}

export function PageHead({ title, tab, lead, children }: PageHeadProps) {
  return (
    <>
      <Head>
        <title>{`${tab ?? title} · Rollcall`}</title>
      </Head>
      <div class="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p class="muted">{lead}</p>}
        </div>
        {children && <div class="actions">{children}</div>}
      </div>
    </>
  );
}
