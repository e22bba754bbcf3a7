/** A choice among a few things that are worth a word each, as radio buttons. */
import type { ComponentChildren } from "preact";

interface OptionSetProps {
  readonly legend: string;
  /** Options. */
  readonly children: ComponentChildren;
}

export function OptionSet({ legend, children }: OptionSetProps) {
  return (
    <fieldset class="options">
      <legend class="small muted">{legend}</legend>
      {children}
    </fieldset>
  );
}

interface OptionProps {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  readonly detail?: string;
  readonly isChosen?: boolean;
}

/** One of them. */
export function Option(
  { name, value, title, detail, isChosen = false }: OptionProps,
) {
  return (
    <label class="option">
      <input
        type="radio"
        name={name}
        value={value}
        checked={isChosen}
        required
      />
      <span>
        {title}
        {detail && <span class="below">{detail}</span>}
      </span>
    </label>
  );
}
