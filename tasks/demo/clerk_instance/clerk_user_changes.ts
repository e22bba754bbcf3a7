/**
 * The users' half of the simulated instance: what can befall a user, and how each
 * change gives off its webhook.
 *
 * It speaks no HTTP (see clerk_handler.ts) and signs nothing. Choices where
 * Clerk's documents are silent: deleting a user drops its memberships without a
 * webhook for each, and a lock that runs out changes no `updated_at`.
 *
 * Source: docs of Clerk's webhooks; clerk/openapi-specs, bapi/2026-05-12.
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { makeClerkId } from "./clerk_id.ts";
import {
  buildEmailAddress,
  buildPhoneNumber,
  buildUser,
  type ClerkUser,
} from "./clerk_user.ts";
import type { ClerkDeletedObject, ClerkWebhook } from "./clerk_webhook.ts";
import { createGeneratedUsers } from "./generated_users.ts";
import { OrganizationStore } from "./organization_store.ts";
import { UserStore } from "./user_store.ts";

/** What to simulate. */
export interface ClerkInstanceOptions {
  /** How many to generate, or the very users to start with. Default 0. */
  readonly users?: number | readonly ClerkUser[];
  /** Same seed, same generated users. Default 1. */
  readonly seed?: number;
  /** created_at of the first generated user, Unix ms. Default 2024-01-01. */
  readonly sinceMs?: number;
  /** Mean distance of two generated sign-ups, ms. Default one minute. */
  readonly spacingMs?: number;
  /** Default `ins_` and a fixed KSUID. */
  readonly instanceId?: string;
  /** The instance's clock. Default: the machine's. */
  readonly clock?: Clock;
  /** Called with each webhook; a change waits for it. Default: nobody listens. */
  readonly onWebhook?: (webhook: ClerkWebhook) => void | Promise<void>;
  /** Whether a reader of the API sees a change before or after its webhook. */
  readonly webhookTiming?: "after-change" | "before-change";
}

/** A user to create: any fields of Clerk's, and two short-cuts. */
export type UserFields = Partial<ClerkUser> & {
  /** Becomes the primary, verified address. */
  readonly email?: string;
  /** E.164; becomes the primary, verified number. */
  readonly phone?: string;
};

// Generated users take serials from 0 on; these never meet them.
const FIRST_SERIAL = 0x8000_0000;

/** Users and their changes; every method that changes one sends its webhook. */
export class ClerkUserChanges {
  readonly id: string;
  readonly users: UserStore;
  readonly organizations: OrganizationStore = new OrganizationStore();
  readonly #options: ClerkInstanceOptions;
  /** Users locked now: until when, Unix ms, or null for ever. */
  readonly #lockedUntilMs = new Map<string, number | null>();
  #serial = FIRST_SERIAL;

  /** @param options Population, clock and who hears of changes. */
  constructor(options: ClerkInstanceOptions = {}) {
    const { users = 0, instanceId, ...rest } = options;
    const isGenerated = typeof users === "number";
    this.#options = options;
    this.id = instanceId ?? "ins_2s9yHy9Kn4I3wmlm1lSuXDrrqO3";
    this.users = new UserStore(
      createGeneratedUsers({ ...rest, count: isGenerated ? users : 0 }),
    );
    if (!isGenerated) users.forEach((user) => this.users.put(user));
  }

  /** The instance's clock, Unix ms. */
  nowMs(): number {
    return (this.#options.clock ?? systemClock).now().getTime();
  }

  /**
   * Gives a user as a reader sees it this moment: a lock that has run out is
   * gone, and `lockout_expires_in_seconds` counts from now.
   *
   * @param user As stored.
   * @returns The same object when nothing about it depends on the moment.
   */
  render(user: ClerkUser): ClerkUser {
    const untilMs = this.#lockedUntilMs.get(user.id);
    if (untilMs === undefined) return user;
    if (untilMs === null) {
      return { ...user, locked: true, lockout_expires_in_seconds: null };
    }
    const leftMs = untilMs - this.nowMs();
    if (leftMs <= 0) return user;
    return {
      ...user,
      locked: true,
      lockout_expires_in_seconds: Math.ceil(leftMs / 1000),
      verification_attempts_remaining: 0,
    };
  }

  /**
   * Signs a user up.
   *
   * @param fields What differs from a bare sign-up; `created_at` may lie in the past.
   * @returns The `data` of the `user.created` webhook.
   */
  async createUser(fields: UserFields = {}): Promise<ClerkUser> {
    const nowMs = this.nowMs();
    const user = buildUser({
      id: this.nextId("user"),
      created_at: nowMs,
      updated_at: nowMs,
      ...this.#expand(fields),
    });
    return await this.change("user.created", user, () => this.users.put(user));
  }

  /**
   * Changes a user; `updated_at` becomes now unless `fields` says otherwise,
   * which may well be backwards.
   *
   * @param id Clerk id.
   * @param fields The fields to replace, whole.
   * @returns The `data` of the `user.updated` webhook.
   * @throws {RangeError} when there is no such user.
   */
  async updateUser(id: string, fields: UserFields): Promise<ClerkUser> {
    const user: ClerkUser = {
      ...this.requireUser(id),
      updated_at: this.nowMs(),
      ...this.#expand(fields),
      id,
    };
    return await this.change(
      "user.updated",
      this.render(user),
      () => this.users.put(user),
    );
  }

  /**
   * Deletes a user for good, with its memberships.
   *
   * @param id Clerk id.
   * @returns The `data` of the `user.deleted` webhook.
   * @throws {RangeError} when there is no such user.
   */
  async deleteUser(id: string): Promise<ClerkDeletedObject> {
    const { external_id: externalId } = this.requireUser(id);
    const deleted: ClerkDeletedObject = {
      object: "user",
      id,
      deleted: true,
      ...(externalId === null ? {} : { external_id: externalId }),
    };
    return await this.change("user.deleted", deleted, () => {
      this.users.remove(id);
      for (
        const membership of this.organizations.listMemberships({ userId: id })
      ) {
        this.organizations.removeMembership(membership.id);
      }
    });
  }

  /**
   * Locks a user out, as failed sign-ins or an operator do.
   *
   * @param id Clerk id.
   * @param forMs How long, or null for ever.
   * @returns The `data` of the `user.updated` webhook.
   * @throws {RangeError} when there is no such user.
   */
  async lockUser(id: string, forMs: number | null): Promise<ClerkUser> {
    this.requireUser(id);
    this.#lockedUntilMs.set(id, forMs === null ? null : this.nowMs() + forMs);
    return await this.updateUser(id, {});
  }

  /** Ends a lock-out; the counterpart of {@linkcode ClerkUserChanges.lockUser}. */
  async unlockUser(id: string): Promise<ClerkUser> {
    this.#lockedUntilMs.delete(id);
    return await this.updateUser(id, {});
  }

  /**
   * Makes a change and sends its webhook, in the order that was asked for.
   *
   * @param type Clerk's event type.
   * @param data The `data` of the webhook.
   * @param commit Makes the change visible.
   * @returns `data`.
   */
  protected async change<T extends object>(
    type: string,
    data: T,
    commit: () => void,
  ): Promise<T> {
    const { onWebhook, webhookTiming = "after-change" } = this.#options;
    const webhook = this.#wrap(type, data);
    if (webhookTiming === "before-change") await onWebhook?.(webhook);
    commit();
    if (webhookTiming === "after-change") await onWebhook?.(webhook);
    return data;
  }

  #wrap(type: string, data: object): ClerkWebhook {
    return {
      data,
      object: "event",
      type,
      timestamp: this.nowMs(),
      instance_id: this.id,
      event_attributes: {
        http_request: { client_ip: "192.0.2.17", user_agent: "Mozilla/5.0" },
      },
    };
  }

  #expand(fields: UserFields): Partial<ClerkUser> {
    const { email, phone, ...rest } = fields;
    const nowMs = this.nowMs();
    const expanded: Partial<ClerkUser> = rest;
    if (email !== undefined) {
      const address = buildEmailAddress(this.nextId("idn"), email, nowMs);
      expanded.email_addresses = [address];
      expanded.primary_email_address_id = address.id;
    }
    if (phone !== undefined) {
      const number = buildPhoneNumber(this.nextId("idn"), phone, nowMs);
      expanded.phone_numbers = [number];
      expanded.primary_phone_number_id = number.id;
    }
    return expanded;
  }

  /** Makes an id that no generated user bears. */
  protected nextId(prefix: string): string {
    return makeClerkId(
      prefix,
      this.nowMs(),
      this.#serial++,
      this.#options.seed ?? 1,
    );
  }

  /**
   * Reads a user as stored.
   *
   * @throws {RangeError} when there is no such user.
   */
  protected requireUser(id: string): ClerkUser {
    const user = this.users.get(id);
    if (user === undefined) throw new RangeError(`Cannot find user: ${id}`);
    return user;
  }
}
