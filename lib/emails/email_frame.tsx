/** @jsxImportSource react */
/**
 * The frame around every automatic e-mail: its look, and who writes to whom why.
 *
 * React's JSX, for @react-email/components is made for it; the type checker takes
 * JSX by the one source that deno.json names, which is Preact, so that its types
 * must be at hand.
 */
import {
  Body,
  Container,
  Head,
  Hr,
  Html,
  Preview,
  Text,
} from "./react_email.ts";
import type { ComponentChildren } from "preact";
import type {} from "preact/jsx-runtime";

/** What the frame shows. */
export interface EmailFrameProps {
  /** The product that writes, as the sender's name says it. */
  readonly product: string;
  /** What mail programs show beside the subject. */
  readonly preview: string;
  /** Why the person gets this, in one sentence. */
  readonly why: string;
  readonly children: ComponentChildren;
}

const BODY = {
  backgroundColor: "#f4f5f7",
  color: "#1c2330",
  fontFamily: "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  margin: "0",
  padding: "24px 0",
};
const CARD = {
  backgroundColor: "#ffffff",
  borderRadius: "8px",
  maxWidth: "560px",
  padding: "24px 32px",
};
const SMALL = { color: "#5a6474", fontSize: "12px", lineHeight: "18px" };

/** A paragraph's look. */
export const PARAGRAPH = { fontSize: "16px", lineHeight: "26px" };

/** Renders an e-mail's content with its frame. */
export function EmailFrame(
  { product, preview, why, children }: EmailFrameProps,
) {
  return (
    <Html lang="en">
      <Head>
        <title>{preview}</title>
      </Head>
      <Preview>{preview}</Preview>
      <Body style={BODY}>
        <Container style={CARD}>
          {children}
          <Hr />
          <Text style={SMALL}>{why}</Text>
          <Text style={SMALL}>
            Answer to this e-mail and {product} reads it.
          </Text>
        </Container>
      </Body>
    </Html>
  );
}
