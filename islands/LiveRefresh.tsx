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
}

/** What keeps the page current. */
interface Refresher {
  /** Stops replacing, or catches up and goes on. */
  setPaused(isPaused: boolean): void;
  close(): void;
}

/** At most one fetch in this time, ms, however much happens. */
const PACE_MS = 1_000;

export function LiveRefresh({ target }: LiveRefreshProps) {
  const isLive = useSignal(false);
  const isPaused = useSignal(false);
  const isReady = useSignal(false);
  const refresher = useRef<Refresher>();
  useEffect(() => {
    isReady.value = true;
    const opened = openRefresher(target, (live) => isLive.value = live);
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
  target: string,
  report: (isLive: boolean) => void,
): Refresher {
  const source = new EventSource("/api/events_stream");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStale = false;
  let isPaused = false;
  const refreshSoon = () => {
    timer ??= setTimeout(async () => {
      if (isStale && !document.hidden && !isPaused) {
        // A page that is in use is looked at again, not forgotten.
        isStale = !await replaceContent(target);
      }
      timer = undefined;
      if (isStale && !document.hidden && !isPaused) refreshSoon();
    }, PACE_MS);
  };
  const onVisible = () => {
    if (isStale) refreshSoon();
  };
  let wasCut = false;
  source.onopen = () => {
    report(true);
    // What happened while nobody listened has been missed.
    if (wasCut) isStale = true;
    onVisible();
    wasCut = false;
  };
  source.onerror = () => {
    report(false);
    wasCut = true;
  };
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

/** Resolves to false when the page is in use and has to wait. */
async function replaceContent(target: string): Promise<boolean> {
  if (isInUse(target)) return false;
  // The answer to a form would be lost: asking again shows the page before it.
  if (document.querySelector(`#${target} [data-answer]`)) return true;
  const response = await fetch(location.href, {
    headers: { accept: "text/html" },
  });
  if (!response.ok || response.redirected) return true;
  const page = new DOMParser().parseFromString(
    await response.text(),
    "text/html",
  );
  const current = document.getElementById(target);
  const next = page.getElementById(target);
  if (current === null || next === null) return true;
  if (isInUse(target)) return false;
  for (const { id } of current.querySelectorAll("details[open][id]")) {
    next.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  }
  current.replaceChildren(...next.childNodes);
  return true;
}

function isInUse(target: string): boolean {
  const current = document.getElementById(target);
  const { activeElement } = document;
  return current !== null && activeElement !== current &&
    current.contains(activeElement);
}
