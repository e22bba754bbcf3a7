/**
 * A simulated Clerk instance, for `deno task demo` and the tests: its users (see
 * clerk_user_changes.ts), its organizations and its memberships.
 *
 * It speaks no HTTP (see clerk_handler.ts) and signs nothing. Deleting an
 * organization drops its memberships without a webhook for each, where Clerk's
 * documents are silent.
 *
 * Source: docs of Clerk's webhooks; clerk/openapi-specs, bapi/2026-05-12.
 */

import {
  buildOrganization,
  type ClerkMembership,
  type ClerkOrganization,
  renderMembership,
  type StoredMembership,
} from "./clerk_organization.ts";
import { ClerkUserChanges } from "./clerk_user_changes.ts";
import type { ClerkDeletedObject } from "./clerk_webhook.ts";

/** The instance; every method that changes it sends its webhook. */
export class ClerkInstance extends ClerkUserChanges {
  /**
   * Founds an organization without members.
   *
   * @param fields At least its name.
   * @returns The `data` of the `organization.created` webhook.
   */
  async createOrganization(
    fields: Partial<ClerkOrganization> & Pick<ClerkOrganization, "name">,
  ): Promise<ClerkOrganization> {
    const nowMs = this.nowMs();
    const organization = buildOrganization({
      id: this.nextId("org"),
      created_at: nowMs,
      updated_at: nowMs,
      ...fields,
    });
    return await this.change(
      "organization.created",
      organization,
      () => this.organizations.put(organization),
    );
  }

  /**
   * Changes an organization; `updated_at` becomes now unless `fields` differs.
   *
   * @returns The `data` of the `organization.updated` webhook.
   * @throws {RangeError} when there is no such organization.
   */
  async updateOrganization(
    id: string,
    fields: Partial<ClerkOrganization>,
  ): Promise<ClerkOrganization> {
    const organization = {
      ...this.#requireOrganization(id),
      updated_at: this.nowMs(),
      ...fields,
      id,
    };
    return await this.change(
      "organization.updated",
      organization,
      () => this.organizations.put(organization),
    );
  }

  /**
   * Deletes an organization for good, with its memberships.
   *
   * @returns The `data` of the `organization.deleted` webhook.
   * @throws {RangeError} when there is no such organization.
   */
  async deleteOrganization(id: string): Promise<ClerkDeletedObject> {
    const { slug } = this.#requireOrganization(id);
    return await this.change(
      "organization.deleted",
      { object: "organization", id, deleted: true, slug },
      () => this.organizations.remove(id),
    );
  }

  /**
   * Makes a user a member of an organization.
   *
   * @param member Who, where, and as what (default `org:member`).
   * @returns The `data` of the `organizationMembership.created` webhook.
   * @throws {RangeError} when there is no such user or organization.
   */
  async createMembership(
    member: { organizationId: string; userId: string; role?: string },
  ): Promise<ClerkMembership> {
    const nowMs = this.nowMs();
    const membership: StoredMembership = {
      role: "org:member",
      ...member,
      id: this.nextId("orgmem"),
      publicMetadata: {},
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    return await this.#changeMembership(
      "organizationMembership.created",
      membership,
      () => this.organizations.putMembership(membership),
    );
  }

  /**
   * Changes a member's role.
   *
   * @returns The `data` of the `organizationMembership.updated` webhook.
   * @throws {RangeError} when there is no such membership.
   */
  async updateMembership(id: string, role: string): Promise<ClerkMembership> {
    const membership = {
      ...this.#requireMembership(id),
      role,
      updatedAtMs: this.nowMs(),
    };
    return await this.#changeMembership(
      "organizationMembership.updated",
      membership,
      () => this.organizations.putMembership(membership),
    );
  }

  /**
   * Ends a membership.
   *
   * @returns The `data` of the `organizationMembership.deleted` webhook, which
   * is the whole membership and not a tombstone.
   * @throws {RangeError} when there is no such membership.
   */
  async deleteMembership(id: string): Promise<ClerkMembership> {
    return await this.#changeMembership(
      "organizationMembership.deleted",
      this.#requireMembership(id),
      () => this.organizations.removeMembership(id),
    );
  }

  /** Renders a membership with organization and member as they are now. */
  renderMembership(membership: StoredMembership): ClerkMembership {
    return renderMembership(
      membership,
      this.#requireOrganization(membership.organizationId),
      this.requireUser(membership.userId),
    );
  }

  #changeMembership(
    type: string,
    membership: StoredMembership,
    commit: () => void,
  ): Promise<ClerkMembership> {
    return this.change(type, this.renderMembership(membership), commit);
  }

  #requireOrganization(id: string): ClerkOrganization {
    const found = this.organizations.get(id);
    if (found === undefined) {
      throw new RangeError(`Cannot find organization: ${id}`);
    }
    return found;
  }

  #requireMembership(id: string): StoredMembership {
    const found = this.organizations.getMembership(id);
    if (found === undefined) {
      throw new RangeError(`Cannot find membership: ${id}`);
    }
    return found;
  }
}
