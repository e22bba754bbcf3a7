/** A kind of e-mail: its subject and its body, before anybody's name is in it. */
import type { VNode } from "preact";

/** What differs from person to person and from product to product. */
export interface LetterProps {
  /** The product that writes. */
  readonly product: string;
  /** The first line, such as `Hello Ada,`. */
  readonly greeting: string;
}

/** A kind of e-mail. */
export interface Letter {
  /** No person's name in it: a subject is a header. */
  readonly subject: (props: LetterProps) => string;
  readonly Body: (props: LetterProps) => VNode;
}
