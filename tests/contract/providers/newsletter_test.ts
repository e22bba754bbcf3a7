import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createNewsletter,
  type Subscriber,
} from "../../../lib/providers/newsletter.ts";
import { ProviderError } from "../../../lib/providers/provider_error.ts";
import type { Failure } from "../../support/providers/fake_provider.ts";
import {
  type FakeMailchimp,
  type FakeMember,
  startMailchimp,
} from "../../support/providers/start_mailchimp.ts";

const ADA: Subscriber = {
  email: "Ada@example.com",
  isVerified: true,
  firstName: "Ada",
  lastName: null,
};

function newsletterOf(
  mailchimp: FakeMailchimp,
  options: { timeoutMs?: number } = {},
) {
  const { apiKey, audienceId, url: baseUrl } = mailchimp;
  return createNewsletter({ apiKey, audienceId, baseUrl, ...options });
}

function memberBefore(status: string): FakeMember {
  return {
    contact_id: "contact_before",
    email_address: "ada@example.com",
    status,
    merge_fields: {},
    tags: ["shop"],
  };
}

async function failureOf(asking: Promise<unknown>): Promise<ProviderError> {
  return await assertRejects(() => asking, ProviderError);
}

Deno.test("createNewsletter() adds a subscriber with a tag, names as far as they are known", async () => {
  await using mailchimp = startMailchimp();
  const added = await newsletterOf(mailchimp).add(ADA);
  assertEquals(added, { kind: "added", contactId: "contact1" });
  assertEquals(mailchimp.members, [{
    contact_id: "contact1",
    email_address: "Ada@example.com",
    status: "subscribed",
    merge_fields: { FNAME: "Ada" },
    tags: ["rollcall"],
  }]);
});

Deno.test("createNewsletter() lets Mailchimp ask an unverified address for consent", async () => {
  await using mailchimp = startMailchimp();
  await newsletterOf(mailchimp).add({ ...ADA, isVerified: false });
  assertEquals(mailchimp.members[0]?.status, "pending");
});

Deno.test("createNewsletter() gives the same answer when the first one was lost", async () => {
  await using mailchimp = startMailchimp();
  const newsletter = newsletterOf(mailchimp);
  mailchimp.failNext({ kind: "lose-answer" });
  assertEquals((await failureOf(newsletter.add(ADA))).retryable, true);
  assertEquals(await newsletter.add(ADA), {
    kind: "added",
    contactId: "contact1",
  });
  assertEquals(mailchimp.members.length, 1);
});

Deno.test("createNewsletter() leaves a member who was there before as they are", async () => {
  await using mailchimp = startMailchimp();
  mailchimp.members.push(memberBefore("unsubscribed"));
  const newsletter = newsletterOf(mailchimp);
  assertEquals(await newsletter.add(ADA), { kind: "known" });
  await newsletter.removeAddress(ADA.email);
  assertEquals(mailchimp.members, [memberBefore("unsubscribed")]);
});

Deno.test("createNewsletter() takes no for an answer from whom Mailchimp had to forget", async () => {
  await using mailchimp = startMailchimp();
  mailchimp.forgotten.add("ada@example.com");
  assertEquals(await newsletterOf(mailchimp).add(ADA), { kind: "forgotten" });
});

Deno.test("createNewsletter() archives whom it added, by id and by address, once and again", async () => {
  await using mailchimp = startMailchimp();
  const newsletter = newsletterOf(mailchimp);
  const added = await newsletter.add(ADA);
  assert(added.kind === "added");
  await newsletter.remove(added.contactId);
  assertEquals(mailchimp.members[0]?.status, "archived");
  await newsletter.remove(added.contactId);
  await newsletter.remove("contact_nobody");

  const bob = { ...ADA, email: "bob@example.com" };
  await newsletter.add(bob);
  await newsletter.removeAddress("bob@example.com");
  await newsletter.removeAddress("nobody@example.com");
  assertEquals(mailchimp.members.map(({ status }) => status), [
    "archived",
    "archived",
  ]);
});

Deno.test("createNewsletter() says whether retrying helps", async (t) => {
  const titled = (status: number, title: string): Failure => ({
    kind: "refuse",
    status,
    body: { status, title, detail: "ada@example.com" },
  });
  const cases: [string, Failure, boolean, string][] = [
    [
      "500",
      titled(500, "Internal Server Error"),
      true,
      "mailchimp-internal-server-error",
    ],
    [
      "an edge's page",
      { kind: "refuse", status: 502 },
      true,
      "mailchimp-no-code",
    ],
    [
      "a good page",
      { kind: "refuse", status: 200 },
      true,
      "mailchimp-unreadable-body",
    ],
    [
      "429",
      titled(429, "Too Many Requests"),
      true,
      "mailchimp-too-many-requests",
    ],
    [
      "400",
      titled(400, "Invalid Resource"),
      false,
      "mailchimp-invalid-resource",
    ],
    ["401", titled(401, "API Key Invalid"), false, "mailchimp-api-key-invalid"],
    [
      "404",
      titled(404, "Resource Not Found"),
      false,
      "mailchimp-resource-not-found",
    ],
    [
      "a redirection",
      {
        kind: "refuse",
        status: 302,
        headers: { location: "https://example.com" },
      },
      false,
      "mailchimp-no-code",
    ],
    ["a silence", { kind: "hang" }, true, "mailchimp-timeout"],
    ["a cut", { kind: "lose-answer" }, true, "mailchimp-unreachable"],
  ];
  await using mailchimp = startMailchimp();
  const newsletter = newsletterOf(mailchimp, { timeoutMs: 200 });
  for (const [what, failure, retryable, code] of cases) {
    await t.step(what, async () => {
      mailchimp.failNext(failure);
      const error = await failureOf(newsletter.add(ADA));
      assertEquals([error.retryable, error.code], [retryable, code]);
      assertEquals(error.message.includes("@"), false);
    });
  }
});
