/** @jsxImportSource react */
/**
 * A letter as the subject, HTML and plain text that a mailer sends.
 *
 * The same letter for the same person is the same bytes every time, for Resend
 * refuses an idempotency key that comes with another message. React escapes what
 * is put into the HTML.
 */
import { render } from "./react_email.ts";
import type {} from "preact/jsx-runtime"; // see email_frame.tsx
import { greet } from "./greeting.ts";
import type { Letter } from "./letter.ts";

/** A letter, ready to be sent. */
export interface ComposedEmail {
  readonly subject: string;
  readonly html: string;
  /** The same for readers without HTML. */
  readonly text: string;
}

/**
 * Writes a letter to a person.
 *
 * @param letter Which.
 * @param product The product that writes.
 * @param firstName The person's, or null.
 * @returns Subject, HTML and text.
 */
export async function composeEmail(
  letter: Letter,
  product: string,
  firstName: string | null,
): Promise<ComposedEmail> {
  const { subject, Body } = letter;
  const props = { product, greeting: greet(firstName) };
  const body = <Body {...props} />;
  return {
    subject: subject(props),
    html: await render(body),
    text: await render(body, { plainText: true }),
  };
}
