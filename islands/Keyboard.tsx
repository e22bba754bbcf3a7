/**
 * The keyboard's short cuts, and the list of them under `?`.
 *
 * They press what the page shows anyway; without JavaScript nothing is missing.
 * No key is taken while somebody types.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const PLACES: Readonly<Record<string, readonly [href: string, name: string]>> =
  {
    o: ["/dashboard", "overview"],
    u: ["/dashboard/users", "users"],
    e: ["/dashboard/events", "events"],
    r: ["/dashboard/runs", "runs"],
    f: ["/dashboard/failures", "failures"],
    d: ["/dashboard/drift", "drift"],
    a: ["/dashboard/automations", "automations"],
    b: ["/dashboard/jobs", "jobs"],
    s: ["/dashboard/system", "system"],
  };

/** The second key of two has to follow in this time, ms. */
const CHORD_MS = 1_500;

export function Keyboard() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isReady = useSignal(false);
  useEffect(() => {
    isReady.value = true;
    return listen(() => dialog.current?.showModal());
  }, []);
  return (
    <>
      {isReady.value && (
        <button
          type="button"
          class="quiet"
          aria-label="Keyboard short cuts"
          onClick={() => dialog.current?.showModal()}
        >
          <kbd>?</kbd>
        </button>
      )}
      <dialog ref={dialog} aria-labelledby="keyboard-title">
        <h2 id="keyboard-title">Keyboard</h2>
        <dl class="keys">
          {Object.entries(PLACES).map(([key, [, name]]) => (
            <div key={key}>
              <dt>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </dt>
              <dd>Go to {name}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>/</kbd>
            </dt>
            <dd>Search</dd>
          </div>
          <div>
            <dt>
              <kbd>j</kbd> <kbd>k</kbd>
            </dt>
            <dd>Next and previous row</dd>
          </div>
          <div>
            <dt>
              <kbd>?</kbd>
            </dt>
            <dd>This list</dd>
          </div>
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}

function listen(showHelp: () => void): () => void {
  let chordUntilMs = 0;
  const onKey = (event: KeyboardEvent) => {
    if (isTaken(event)) return;
    const { key } = event;
    const isChord = event.timeStamp < chordUntilMs;
    chordUntilMs = key === "g" && !isChord ? event.timeStamp + CHORD_MS : 0;
    const place = isChord ? PLACES[key] : undefined;
    if (place) location.assign(place[0]);
    else if (key === "/") focusSearch();
    else if (key === "j" || key === "k") moveFocus(key === "j" ? 1 : -1);
    else if (key === "?") showHelp();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  return event.defaultPrevented || event.ctrlKey || event.metaKey ||
    event.altKey || document.querySelector("dialog[open]") !== null ||
    target instanceof HTMLElement &&
      target.closest("input, select, textarea, [contenteditable]") !== null;
}

function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  if (field === null) location.assign("/dashboard/users?focus=search");
  else field.select();
}

function moveFocus(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const index = current === -1 ? 0 : current + step;
  rows[index]?.querySelector<HTMLElement>("a")?.focus();
}
