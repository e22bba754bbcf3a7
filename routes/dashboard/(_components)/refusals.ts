/** What each refusal of a webhook means, and what an operator does about it. */

/** One way to be refused. */
export interface Refusal {
  readonly title: string;
  readonly advice: string;
}

/** By the code of the problem that was answered. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  "bad-signature": {
    title: "The signature is wrong",
    advice:
      "Compare CLERK_WEBHOOK_SIGNING_SECRET with the signing secret of the endpoint in Clerk's dashboard. While a secret is being rotated, give both, with a comma. Once it is right, verify again here. Svix sends again by itself; what has used up its attempts is sent again there, under Webhooks, Message attempts.",
  },
  "stale-timestamp": {
    title: "The timestamp is more than five minutes off",
    advice:
      "Check this machine's clock. If it is right, somebody sends an old webhook once more, and it is refused rightly.",
  },
  "missing-header": {
    title: "A header of the signature is missing",
    advice:
      "Clerk always sends svix-id, svix-timestamp and svix-signature. A proxy in between may drop them; otherwise it is not Clerk who calls.",
  },
  "empty-body": {
    title: "Signed, but without a body",
    advice: "A proxy in between may drop bodies: send the message again.",
  },
  "invalid-json": {
    title: "Signed, but not JSON",
    advice:
      "The secret is also used by something that is not Clerk, or the endpoint is not a Clerk endpoint.",
  },
  "not-an-event": {
    title: "Signed, but not an event of Clerk",
    advice:
      "The secret is also used by something that is not Clerk, or the endpoint is not a Clerk endpoint.",
  },
};

/** @returns What is known of a refusal; of an unknown one, its code. */
export function refusalOf(reason: string): Refusal {
  return REFUSALS[reason] ?? {
    title: reason,
    advice: "Look at the headers and the body for who sent it.",
  };
}
