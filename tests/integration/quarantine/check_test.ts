/** A wrong secret is corrected, and what it refused is let in after all. */
import { assertEquals } from "@std/assert";
import { createWebhookSealer } from "../../../lib/clerk/sealed_webhook.ts";
import { redactBody } from "../../../lib/clerk/redact_body.ts";
import { QUARANTINE_CHECK_REQUESTED } from "../../../lib/requests.ts";
import { createQuarantineQueue } from "../../../lib/store/quarantine_queue.ts";
import type { Services } from "../../../lib/services.ts";
import { signedHeaders } from "../../../lib/clerk/signed_headers.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

const WRONG = `whsec_${btoa("w".repeat(24))}`;
const RIGHT = `whsec_${btoa("r".repeat(24))}`;
const OTHER = `whsec_${btoa("x".repeat(24))}`;
const SESSION_SECRET = "s".repeat(32);

/** Refuses webhooks as the service did while its secret was wrong. */
async function refuse(
  { store, clock }: Services,
  webhooks: readonly { id: string; body: string; secret: string }[],
): Promise<void> {
  const { seal } = await createWebhookSealer([WRONG], SESSION_SECRET);
  await using queue = createQuarantineQueue({
    store,
    clock,
    redact: redactBody,
    seal,
  });
  for (const { id, body, secret } of webhooks) {
    queue.add({
      reason: "bad-signature",
      status: 400,
      headers: new Headers(
        signedHeaders(body, { id, secret, at: clock.now() }),
      ),
      body,
    });
  }
}

const created = (id: string) =>
  JSON.stringify({ type: "user.created", data: { id, first_name: "Ada" } });

Deno.test("check-quarantine lets in what the corrected secret verifies, and nothing else", async () => {
  await using rollcall = await openRollcall({
    CLERK_WEBHOOK_SIGNING_SECRET: RIGHT,
    SESSION_SECRET,
  });
  const { services } = rollcall;
  const { store, inngest } = services;
  const genuine = Array.from({ length: 60 }, (_, index) => ({
    id: `msg_genuine_${index}`,
    body: created(`user_genuine_${index}`),
    secret: RIGHT,
  }));
  await refuse(services, [
    ...genuine,
    { id: "msg_forged", body: created("user_forged"), secret: OTHER },
  ]);
  const outcomes = rollcall.outcomes(genuine.map(({ id }) => id));

  await inngest.send({
    name: QUARANTINE_CHECK_REQUESTED,
    data: { who: "admin" },
  });
  await outcomes;
  await rollcall.ended("check-quarantine");

  assertEquals(await store.users.documents.countDocuments(), 60);
  const left = await store.quarantine.documents
    .find({ released_at: null }).toArray();
  assertEquals(left.map(({ headers }) => headers["svix-id"]), ["msg_forged"]);
  assertEquals(
    await store.quarantine.documents.countDocuments({ sealed: { $ne: null } }),
    1,
  );
  const [audited] = await store.auditLog.readNewest(1);
  assertEquals(audited?.action, "check-quarantine");
});

Deno.test("check-quarantine takes one that Svix has delivered meanwhile for the same event", async () => {
  await using rollcall = await openRollcall({
    CLERK_WEBHOOK_SIGNING_SECRET: RIGHT,
    SESSION_SECRET,
  });
  const { services } = rollcall;
  const { store, inngest, sender } = services;
  const id = "msg_twice";
  const body = created("user_twice");
  await refuse(services, [{ id, body, secret: RIGHT }]);
  const outcome = rollcall.outcomes([id]);
  await sender.send({
    id,
    name: "clerk/user.created",
    ts: Date.now(),
    data: {
      ...JSON.parse(body).data,
      _webhook: { id, timestamp: null, instance_id: null },
    },
  });
  await outcome;
  await inngest.send({
    name: QUARANTINE_CHECK_REQUESTED,
    data: { who: "admin" },
  });
  await rollcall.ended("check-quarantine");
  assertEquals(await store.changes.documents.countDocuments(), 1);
  assertEquals(await store.webhookEvents.documents.countDocuments(), 1);
});
