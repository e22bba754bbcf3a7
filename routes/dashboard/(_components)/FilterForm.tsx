/** A form whose values go into the address: every state of a list can be linked to. */
import type { ComponentChildren } from "preact";

interface FilterFormProps {
  readonly url: URL;
  /** What the search field finds. */
  readonly searchLabel: string;
  readonly children: ComponentChildren;
}

export function FilterForm({ url, searchLabel, children }: FilterFormProps) {
  const isFiltered = [...url.searchParams].some(([name, value]) =>
    value !== "" && !["after", "focus", "column"].includes(name)
  );
  return (
    <form class="filters" method="get" action={url.pathname} role="search">
      <div class="search">
        <label>
          <span class="small muted">{searchLabel}</span>
          <input
            type="search"
            name="text"
            data-search
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
            autofocus={url.searchParams.get("focus") === "search"}
            value={url.searchParams.get("text") ?? ""}
          />
        </label>
        <div class="actions">
          <button type="submit">Apply</button>
          {isFiltered && <a href={url.pathname}>Clear</a>}
        </div>
      </div>
      {children}
    </form>
  );
}

interface ChoiceProps {
  readonly url: URL;
  readonly name: string;
  readonly label: string;
  /** Text of each value; the value "" asks nothing. */
  readonly options: Readonly<Record<string, string>>;
}

/** One of several values. */
export function Choice({ url, name, label, options }: ChoiceProps) {
  const chosen = url.searchParams.get(name) ?? "";
  return (
    <label>
      <span class="small muted">{label}</span>
      <select name={name}>
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SwitchProps {
  readonly url: URL;
  readonly name: string;
  readonly label: string;
}

/** Asked for or not. */
export function Switch({ url, name, label }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        name={name}
        value="1"
        checked={url.searchParams.has(name)}
      />
      {label}
    </label>
  );
}
