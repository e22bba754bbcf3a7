/**
 * Organizations and memberships of the simulated instance, kept whole in memory:
 * an instance has few of them next to its users.
 *
 * It keeps `members_count` true and removes what a deletion leaves behind. What
 * Clerk sends on such a removal is decided in clerk_instance.ts.
 */

import type {
  ClerkOrganization,
  StoredMembership,
} from "./clerk_organization.ts";

/** Organizations by id and memberships by organization and by user. */
export class OrganizationStore {
  readonly #organizations = new Map<string, ClerkOrganization>();
  readonly #memberships = new Map<string, StoredMembership>();

  /** Reads an organization by id or, as Clerk allows, by slug. */
  get(idOrSlug: string): ClerkOrganization | undefined {
    const found = this.#organizations.get(idOrSlug) ??
      this.list().find((organization) => organization.slug === idOrSlug);
    return found === undefined ? undefined : {
      ...found,
      members_count: this.listMemberships({ organizationId: found.id }).length,
    };
  }

  /** All organizations in order of creation, without a true members_count. */
  list(): ClerkOrganization[] {
    return [...this.#organizations.values()];
  }

  put(organization: ClerkOrganization): void {
    this.#organizations.set(organization.id, organization);
  }

  /** Removes an organization and its memberships. */
  remove(id: string): void {
    this.#organizations.delete(id);
    for (
      const { id: membership } of this.listMemberships({ organizationId: id })
    ) {
      this.#memberships.delete(membership);
    }
  }

  getMembership(id: string): StoredMembership | undefined {
    return this.#memberships.get(id);
  }

  /**
   * Lists memberships in order of creation.
   *
   * @param filter Leave a member out to not filter by it.
   * @returns A new list.
   */
  listMemberships(
    filter: { organizationId?: string; userId?: string } = {},
  ): StoredMembership[] {
    return [...this.#memberships.values()].filter((membership) =>
      (filter.organizationId ?? membership.organizationId) ===
        membership.organizationId &&
      (filter.userId ?? membership.userId) === membership.userId
    );
  }

  putMembership(membership: StoredMembership): void {
    this.#memberships.set(membership.id, membership);
  }

  removeMembership(id: string): void {
    this.#memberships.delete(id);
  }
}
