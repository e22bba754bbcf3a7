/**
 * Adds people to a Mailchimp audience, and takes those out again whom it added.
 *
 * A member that it adds carries a tag, which tells it from one who was there
 * before: who came by another way is neither changed nor removed, and who has
 * unsubscribed is not subscribed again. An address that Clerk has not verified is
 * asked for consent by Mailchimp first (status `pending`). Adding the same person
 * again is harmless at any time: there are no keys that could be forgotten.
 *
 * Source: Mailchimp's Marketing API 3.0, "List members".
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import {
  askMailchimp,
  type MailchimpOptions,
  type MailchimpRequest,
  toRefusal,
} from "./mailchimp_request.ts";
import { ProviderError } from "./provider_error.ts";

/** Whom to add. */
export interface Subscriber {
  readonly email: string;
  readonly isVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** What became of somebody who was to be added. */
export type Subscription =
  /** Added from here; the id is Mailchimp's and says nothing of the address. */
  | { readonly kind: "added"; readonly contactId: string }
  /** Was there before, by another way. */
  | { readonly kind: "known" }
  /** Was deleted for good, and may only come back by a form of Mailchimp's. */
  | { readonly kind: "forgotten" };

/** An audience. */
export interface Newsletter {
  /**
   * Adds somebody, unless they are there.
   *
   * @param subscriber Whom.
   * @returns What became of it, the same however often it is asked for.
   * @throws {ProviderError} when Mailchimp does not do it.
   */
  add(subscriber: Subscriber): Promise<Subscription>;
  /**
   * Archives a member that was added: no more letters, until they come back.
   *
   * @param contactId As {@linkcode Newsletter.add} gave it.
   * @throws {ProviderError} when Mailchimp does not do it.
   */
  remove(contactId: string): Promise<void>;
  /**
   * The same by address, for one who may have been added.
   *
   * @param email The address.
   * @throws {ProviderError} when Mailchimp does not do it.
   */
  removeAddress(email: string): Promise<void>;
}

/** On every member that was added from here. */
const TAG = "rollcall";

const member = z.object({
  contact_id: z.string(),
  tags: z.array(z.object({ name: z.string() })).default([]),
});
type Member = z.infer<typeof member>;

/**
 * Binds an audience to an account.
 *
 * @param options Key, audience and address.
 * @returns The audience; it connects with the first request.
 */
export function createNewsletter(options: MailchimpOptions): Newsletter {
  const ask = (request: MailchimpRequest) => askMailchimp(options, request);

  async function remove(memberId: string): Promise<void> {
    // 404: it is gone; 405: it is archived already.
    await ask({
      task: "remove a subscriber",
      method: "DELETE",
      path: `/${memberId}`,
      accepts: [404, 405],
    });
  }

  async function find(email: string): Promise<Member | undefined> {
    const { status, body } = await ask({
      task: "look for a subscriber",
      method: "GET",
      path: `/${hashOf(email)}`,
      accepts: [404],
    });
    return status === 404 ? undefined : parseMember(body);
  }

  return {
    async add(subscriber) {
      const { status, title, body } = await ask({
        task: ADD,
        method: "POST",
        path: "?skip_merge_validation=true",
        body: toMember(subscriber),
        accepts: [400],
      });
      if (status !== 400) {
        return { kind: "added", contactId: parseMember(body).contact_id };
      }
      if (title === "Forgotten Email Not Subscribed") {
        return { kind: "forgotten" };
      }
      if (title !== "Member Exists") throw toRefusal(ADD, status, title);
      const known = await find(subscriber.email);
      return known !== undefined && isOurs(known)
        ? { kind: "added", contactId: known.contact_id }
        : { kind: "known" };
    },
    remove,
    async removeAddress(email) {
      const known = await find(email);
      if (known !== undefined && isOurs(known)) await remove(known.contact_id);
    },
  };
}

const ADD = "add a subscriber";

function toMember(
  { email, isVerified, firstName, lastName }: Subscriber,
): Record<string, unknown> {
  return {
    email_address: email,
    status: isVerified ? "subscribed" : "pending",
    merge_fields: {
      ...(firstName !== null && { FNAME: firstName }),
      ...(lastName !== null && { LNAME: lastName }),
    },
    tags: [TAG],
  };
}

function isOurs({ tags }: Member): boolean {
  return tags.some(({ name }) => name === TAG);
}

/** Mailchimp's name of a member: no secret, but an address in no log of paths. */
function hashOf(email: string): string {
  return createHash("md5").update(email.toLowerCase()).digest("hex");
}

function parseMember(body: unknown): Member {
  const parsed = member.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ProviderError({
    provider: "Mailchimp",
    task: "read a subscriber",
    code: "unreadable_body",
    cause: parsed.error,
  });
}
