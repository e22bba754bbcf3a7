/** The service as users run it, and what follows a signed webhook at the providers. */
import { assertEquals } from "@std/assert";
import { providerEnv } from "../support/providers/provider_env.ts";
import { startMailchimp } from "../support/providers/start_mailchimp.ts";
import { startResend } from "../support/providers/start_resend.ts";
import { startStripe } from "../support/providers/start_stripe.ts";
import { startRollcall } from "../support/rollcall_process.ts";

function userCreated(id: string): string {
  return JSON.stringify({
    type: "user.created",
    object: "event",
    data: {
      id,
      object: "user",
      first_name: "Ada",
      last_name: null,
      primary_email_address_id: "idn_1",
      email_addresses: [{
        id: "idn_1",
        email_address: `${id}@example.com`,
        verification: { status: "verified" },
      }],
      updated_at: 1_772_442_000_023,
    },
  });
}

Deno.test("a signed webhook, delivered twice, ends in one e-mail, one trial and one subscriber", async () => {
  await using resend = startResend();
  await using stripe = startStripe();
  await using mailchimp = startMailchimp();
  await using rollcall = await startRollcall({
    env: providerEnv({ resend, stripe, mailchimp }),
  });
  for (const id of ["msg_1", "msg_1", "msg_2"]) {
    const response = await rollcall.send(userCreated("user_1"), { id });
    await response.body?.cancel();
    assertEquals(response.status, 202);
  }
  await Promise.all([
    resend.until(() => resend.sent.length > 0),
    stripe.until(() => stripe.subscriptions.length > 0),
    mailchimp.until(() => mailchimp.members.length > 0),
  ]);
  assertEquals(await rollcall.stop(), 0);
  assertEquals(
    [
      resend.sent.map(({ to, subject }) => [to, subject]),
      stripe.customers.length,
      stripe.subscriptions.length,
      mailchimp.members.length,
    ],
    [[["user_1@example.com", "Welcome to Acme"]], 1, 1, 1],
  );
});

Deno.test("kill -9 between Resend's taking an e-mail and its answer sends it once", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  const database = `rollcall_test_${crypto.randomUUID().slice(0, 8)}`;
  await using resend = startResend();
  const env = providerEnv({ resend });
  try {
    resend.failNext({ kind: "hold-answer" });
    {
      await using rollcall = await startRollcall({ dataDir, database, env });
      const response = await rollcall.send(userCreated("user_1"), {
        id: "msg_1",
      });
      await response.body?.cancel();
      await resend.until(() => resend.sent.length === 1);
      await rollcall.kill();
    }
    await using rollcall = await startRollcall({ dataDir, database, env });
    await resend.until(() => resend.calls.length === 2);
    assertEquals(await rollcall.stop(), 0);
    assertEquals(resend.sent.length, 1);
    assertEquals(
      new Set(
        resend.calls.map(({ headers }) => headers.get("idempotency-key")),
      ),
      new Set(["send-welcome-email:user_1"]),
    );
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
