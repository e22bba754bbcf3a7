/** @jsxImportSource react */
/**
 * The letters of a new user's first week, in order. They are about the product,
 * so change the words to yours; when each is sent is in functions/.
 */
import { Heading, Text } from "./react_email.ts";
import { EmailFrame, PARAGRAPH } from "./email_frame.tsx";
import type {} from "preact/jsx-runtime"; // see email_frame.tsx
import type { Letter, LetterProps } from "./letter.ts";

/** What differs from letter to letter. */
interface Lesson {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

const LESSONS: readonly Lesson[] = [
  {
    heading: "Your first day",
    paragraphs: [
      "most people begin by filling in their profile and inviting a colleague. Both take a minute.",
      "If you are stuck, answer to this e-mail and tell us where.",
    ],
  },
  {
    heading: "Getting things done",
    paragraphs: [
      "by now you have seen the basics. This is a good moment to try what you came for.",
      "Tell us what you are building, and we will point you to what helps.",
    ],
  },
  {
    heading: "A week in",
    paragraphs: [
      "you have been here for a week. What works, what does not, and what is missing?",
      "This is the last of these letters; we will not write again on our own.",
    ],
  },
];

/** The letters, in the order in which they are sent. */
export const ONBOARDING_LETTERS: readonly Letter[] = LESSONS.map((lesson) => ({
  subject: ({ product }) => `${lesson.heading} with ${product}`,
  Body: (props) => <OnboardingEmail {...props} {...lesson} />,
}));

function OnboardingEmail(
  { product, greeting, heading, paragraphs }: LetterProps & Lesson,
) {
  return (
    <EmailFrame
      product={product}
      preview={`${heading} with ${product}`}
      why={`You get these three e-mails because you have signed up for ${product}. To get no more of them, answer with the word "unsubscribe".`}
    >
      <Heading as="h1">{heading}</Heading>
      <Text style={PARAGRAPH}>{greeting}</Text>
      {paragraphs.map((paragraph) => (
        <Text key={paragraph} style={PARAGRAPH}>{paragraph}</Text>
      ))}
    </EmailFrame>
  );
}
