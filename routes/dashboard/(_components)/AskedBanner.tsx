/** Says that what a button asked for is under way; the address remembers it. */
import type { ComponentChildren } from "preact";

interface AskedBannerProps {
  /** Shown when its query has `asked`. */
  readonly url: URL;
  /** What happens now. */
  readonly children: ComponentChildren;
}

export function AskedBanner({ url, children }: AskedBannerProps) {
  if (!url.searchParams.has("asked")) return null;
  return (
    <section class="banner banner-good" role="status">
      <div>
        <p class="banner-title">It was asked for</p>
        <p>{children}</p>
      </div>
    </section>
  );
}
