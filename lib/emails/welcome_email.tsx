/** @jsxImportSource react */
/**
 * What a new user gets at once. It asks for nothing and links to nowhere: change
 * the words to your product's.
 */
import { Heading, Text } from "./react_email.ts";
import { EmailFrame, PARAGRAPH } from "./email_frame.tsx";
import type {} from "preact/jsx-runtime"; // see email_frame.tsx
import type { Letter, LetterProps } from "./letter.ts";

/** The letter that {@linkcode WelcomeEmail} is the body of. */
export const WELCOME_LETTER: Letter = {
  subject: ({ product }) => `Welcome to ${product}`,
  Body: WelcomeEmail,
};

/** Renders the welcome. */
export function WelcomeEmail({ product, greeting }: LetterProps) {
  return (
    <EmailFrame
      product={product}
      preview={`Your account with ${product} is ready`}
      why={`You get this e-mail because you have signed up for ${product}.`}
    >
      <Heading as="h1">Welcome to {product}</Heading>
      <Text style={PARAGRAPH}>{greeting}</Text>
      <Text style={PARAGRAPH}>
        your account is ready, and we are glad that you are here.
      </Text>
      <Text style={PARAGRAPH}>
        If anything is unclear, answer to this e-mail: a person reads it.
      </Text>
    </EmailFrame>
  );
}
