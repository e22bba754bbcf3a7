/** The way to the next page and back to the first; the browser goes back by itself. */
import { linkWith } from "./links.ts";

interface PagerProps {
  readonly url: URL;
  readonly next: string | null;
}

export function Pager({ url, next }: PagerProps) {
  const isFirst = !url.searchParams.has("after");
  if (isFirst && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && (
        <a class="button quiet" href={linkWith(url, { after: null })}>
          First page
        </a>
      )}
      {next !== null && (
        <a
          class="button quiet"
          rel="next"
          href={linkWith(url, { after: next })}
        >
          Next page
        </a>
      )}
    </nav>
  );
}
