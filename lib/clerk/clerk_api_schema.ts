/**
 * What Rollcall relies on in the answers of Clerk's Backend API, and no more:
 * identity and instants. All other fields pass through untouched, known or not.
 *
 * The rest of a user is read where webhooks are read too, for the two share one
 * schema.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, schemas `User`, `Organization`,
 * `OrganizationMembership`, `TotalCount`, `Instance`.
 */

import { z } from "zod";

const resource = z.looseObject({
  id: z.string().min(1),
  created_at: z.number(),
  updated_at: z.number(),
});

/** A user; instants are Unix ms. */
export const clerkApiUserSchema = resource;

/** A page of `GET /users`: a bare array. */
export const clerkApiUsersSchema: z.ZodArray<typeof resource> = z.array(
  resource,
);

/** An organization; instants are Unix ms. */
export const clerkApiOrganizationSchema = resource;

/** A membership with its organization and member embedded. */
export const clerkApiMembershipSchema = resource.extend({
  organization: z.looseObject({ id: z.string().min(1) }),
  public_user_data: z.looseObject({ user_id: z.string().min(1) }),
});

/** The answer to `GET /instance`, of which only the name is read. */
export const clerkApiInstanceSchema = z.looseObject({ id: z.string().min(1) });

/** The answer to `GET /users/count`. */
export const totalCountSchema = z.object({ total_count: z.number() });

/** A user as the API gives it. */
export type ClerkApiUser = z.infer<typeof clerkApiUserSchema>;

/** An organization as the API gives it. */
export type ClerkApiOrganization = z.infer<typeof clerkApiOrganizationSchema>;

/** A membership as the API gives it. */
export type ClerkApiMembership = z.infer<typeof clerkApiMembershipSchema>;
