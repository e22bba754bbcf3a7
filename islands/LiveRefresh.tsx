/**
 * Keeps an open page current: listens to the live feed and, when something has
 * changed, fetches the same page again and puts its content in place.
 *
 * The page itself stays plain server-rendered HTML and works without this. It
 * leaves the page alone while it is paused, while somebody is in a control or a
 * row of it, or is not looking.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

interface LiveRefreshProps {
  /** Id of the element whose content is replaced. */
  readonly target: string;
  /** Where the live feed was when the page was read. */
  readonly since: string;
}

/** What keeps the page current. */
interface Refresher {
  /** Stops replacing, or catches up and goes on. */
  setPaused(isPaused: boolean): void;
  close(): void;
}

/** At most one fetch in this time, ms, however much happens. */
const PACE_MS = 1_000;

export function LiveRefresh({ target, since }: LiveRefreshProps) {
  const isLive = useSignal(false);
  const isPaused = useSignal(false);
  const isReady = useSignal(false);
  const refresher = useRef<Refresher>();
  useEffect(() => {
    isReady.value = true;
    const source = new EventSource(
      `/api/events_stream?since=${encodeURIComponent(since)}`,
    );
    const opened = openRefresher(
      source,
      target,
      (live) => isLive.value = live,
    );
    refresher.current = opened;
    return () => opened.close();
  }, []);
  const text = useComputed(() =>
    isPaused.value ? "Paused" : isLive.value ? "Live" : "Not live"
  );
  const toggle = () => {
    isPaused.value = !isPaused.value;
    refresher.current?.setPaused(isPaused.value);
  };
  return (
    <>
      <span
        class="live"
        data-live={isLive.value && !isPaused.value}
        role="status"
      >
        {text}
      </span>
      {isReady.value && (
        <button type="button" class="quiet" onClick={toggle}>
          {isPaused.value ? "Resume" : "Pause"}
        </button>
      )}
    </>
  );
}

function openRefresher(
  source: EventSource,
  target: string,
  report: (isLive: boolean) => void,
): Refresher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStale = false;
  let isPaused = false;
  const refreshSoon = () => {
    timer ??= setTimeout(async () => {
      if (isStale && !document.hidden && !isPaused) {
        // What comes in meanwhile counts for the next time.
        isStale = false;
        const result = await replaceContent(target);
        timer = undefined;
        // A page that is in use is looked at again, not forgotten; one that
        // cannot be fetched waits until the stream is open again.
        if (result !== "replaced") isStale = true;
        if (result === "failed") return;
      }
      timer = undefined;
      if (isStale && !document.hidden && !isPaused) refreshSoon();
    }, PACE_MS);
  };
  const onVisible = () => {
    if (isStale) refreshSoon();
  };
  source.onopen = () => {
    report(true);
    onVisible();
  };
  source.onerror = () => report(false);
  source.onmessage = () => {
    isStale = true;
    refreshSoon();
  };
  document.addEventListener("visibilitychange", onVisible);
  return {
    setPaused(paused) {
      isPaused = paused;
      onVisible();
    },
    close() {
      source.close();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}

/** What became of the content; one that must not be replaced counts as such. */
type Replacement = "replaced" | "in-use" | "failed";

async function replaceContent(target: string): Promise<Replacement> {
  if (isInUse(target)) return "in-use";
  // The answer to a form would be lost: asking again shows the page before it.
  if (document.querySelector(`#${target} [data-answer]`)) return "replaced";
  const response = await fetch(location.href, {
    headers: { accept: "text/html" },
  }).catch(() => null);
  if (response === null) return "failed";
  if (!response.ok || response.redirected) return "replaced";
  const page = new DOMParser().parseFromString(
    await response.text(),
    "text/html",
  );
  const current = document.getElementById(target);
  const next = page.getElementById(target);
  if (current === null || next === null) return "replaced";
  if (isInUse(target)) return "in-use";
  for (const { id } of current.querySelectorAll("details[open][id]")) {
    next.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  }
  current.replaceChildren(...next.childNodes);
  return "replaced";
}

function isInUse(target: string): boolean {
  const current = document.getElementById(target);
  const { activeElement } = document;
  return current !== null && activeElement !== current &&
    current.contains(activeElement);
}
