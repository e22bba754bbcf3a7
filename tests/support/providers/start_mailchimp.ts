/**
 * One Mailchimp audience for tests, over HTTP: members by hash or contact id,
 * their statuses and tags, and the refusals that matter.
 *
 * Source: Mailchimp's Marketing API 3.0, "List members" and "Errors".
 */
import { createHash } from "node:crypto";
import {
  type FakeProvider,
  type SeenCall,
  startFakeProvider,
} from "./fake_provider.ts";

/** A member of the audience. */
export interface FakeMember {
  readonly contact_id: string;
  readonly email_address: string;
  status: string;
  readonly merge_fields: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

/** The fake and who is in it. */
export interface FakeMailchimp extends FakeProvider {
  readonly apiKey: string;
  readonly audienceId: string;
  readonly members: FakeMember[];
  /** Addresses that were deleted for good. */
  readonly forgotten: Set<string>;
}

/** @returns The running fake. */
export function startMailchimp(): FakeMailchimp {
  const apiKey = "0123456789abcdef-us21";
  const audienceId = "audience1";
  const members: FakeMember[] = [];
  const forgotten = new Set<string>();

  function find(id: string): FakeMember | undefined {
    return members.find(({ contact_id, email_address }) =>
      id === contact_id || id === hashOf(email_address)
    );
  }

  function add({ body }: SeenCall): Response {
    const given: Omit<FakeMember, "contact_id"> = JSON.parse(body);
    const { email_address: email } = given;
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) {
      return problem(400, "Invalid Resource");
    }
    if (forgotten.has(email.toLowerCase())) {
      return problem(400, "Forgotten Email Not Subscribed");
    }
    if (find(hashOf(email)) !== undefined) return problem(400, "Member Exists");
    const contact_id = `contact${members.length + 1}`;
    const added: FakeMember = { ...given, contact_id };
    members.push(added);
    return Response.json(toBody(added));
  }

  function answer(call: SeenCall): Response {
    const { method, url, headers } = call;
    const expected = `:${apiKey}`;
    const [, credentials = ""] = /^Basic (.+)$/.exec(
      headers.get("authorization") ?? "",
    ) ?? [];
    if (!atob(credentials).endsWith(expected)) {
      return problem(401, "API Key Invalid");
    }
    const [, id] = new RegExp(`^/3\\.0/lists/${audienceId}/members(?:/(.+))?$`)
      .exec(url.pathname) ?? [undefined, "none"];
    if (method === "POST" && id === undefined) return add(call);
    const found = find(id ?? "");
    if (found === undefined) return problem(404, "Resource Not Found");
    if (method === "GET") return Response.json(toBody(found));
    if (found.status === "archived") return problem(405, "Method Not Allowed");
    found.status = "archived";
    return new Response(null, { status: 204 });
  }

  return {
    ...startFakeProvider(answer),
    apiKey,
    audienceId,
    members,
    forgotten,
  };
}

function toBody({ tags, ...member }: FakeMember) {
  const id = hashOf(member.email_address);
  return { ...member, id, tags: tags.map((name, id) => ({ id, name })) };
}

function hashOf(email: string): string {
  return createHash("md5").update(email.toLowerCase()).digest("hex");
}

function problem(status: number, title: string): Response {
  // The real text quotes the address, which must not reach a log.
  const detail = `somebody@example.com: ${title}`;
  return Response.json({ title, status, detail }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}
