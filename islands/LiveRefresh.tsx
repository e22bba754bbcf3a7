/**
 * Keeps an open page current: listens to the live feed and, when something has
 * changed, fetches the same page again and puts its content in place.
 *
 * The page itself stays plain server-rendered HTML and works without this. It
 * leaves the page alone while somebody is typing in it or is not looking.
 */
import { useSignal, useSignalEffect } from "@preact/signals";
import { IS_BROWSER } from "fresh/runtime";

interface LiveRefreshProps {
  /** Id of the element whose content is replaced. */
  readonly target: string;
}

/** At most one fetch in this time, ms, however much happens. */
const PACE_MS = 500;

export function LiveRefresh({ target }: LiveRefreshProps) {
  const isLive = useSignal(false);
  useSignalEffect(() => {
    if (!IS_BROWSER) return;
    return listen(target, (live) => isLive.value = live);
  });
  return (
    <span class="live" data-live={isLive.value} role="status">
      {isLive.value ? "Live" : "Not live"}
    </span>
  );
}

function listen(target: string, report: (isLive: boolean) => void): () => void {
  const source = new EventSource("/api/events_stream");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStale = false;
  const refreshSoon = () => {
    isStale = true;
    timer ??= setTimeout(async () => {
      if (isStale && !document.hidden) {
        isStale = false;
        await replaceContent(target);
      }
      timer = undefined;
      if (isStale && !document.hidden) refreshSoon();
    }, PACE_MS);
  };
  const onVisible = () => {
    if (isStale) refreshSoon();
  };
  source.onopen = () => report(true);
  source.onerror = () => report(false);
  source.onmessage = refreshSoon;
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    source.close();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };
}

async function replaceContent(target: string): Promise<void> {
  const current = document.getElementById(target);
  if (current === null || current.contains(document.activeElement)) return;
  const response = await fetch(location.href, {
    headers: { accept: "text/html" },
  });
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(
    await response.text(),
    "text/html",
  );
  const next = page.getElementById(target);
  if (next !== null) current.replaceChildren(...next.childNodes);
}
