/**
 * The read side of Clerk's Backend API over a simulated instance, as one request
 * handler: instance, users, users/count, organizations and memberships.
 *
 * In Clerk's order: key, then API version, then rate limit, then routing; so an
 * unknown path without a key is a 401. Answers are exactly `application/json`,
 * for Clerk's SDK takes any other type for text. Writes over HTTP are left out:
 * changes are made on the instance itself.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12; clerk-docs, system limits.
 */

import type { Clock } from "../../../lib/clock.ts";
import {
  authorizationMalformed,
  ClerkHttpError,
  internalError,
  methodNotAllowed,
  notFound,
  queryMalformed,
  secretKeyInvalid,
  tooManyRequests,
  versionInvalid,
} from "./clerk_http_error.ts";
import type { ClerkInstance } from "./clerk_instance.ts";
import { encodeClerkJson } from "./clerk_webhook.ts";
import {
  listMemberships,
  listOrganizations,
  withoutMembersCount,
} from "./list_organizations.ts";
import { countUsers, type ListBehaviour, listUsers } from "./list_users.ts";
import { readBoolean } from "./query_params.ts";
import { isProduction, limitForKey, RateWindow } from "./rate_window.ts";

/** What the handler serves, and to whom. */
export interface ClerkHandlerOptions extends ListBehaviour {
  readonly instance: ClerkInstance;
  /** The key that is let in. */
  readonly secretKey: string;
  /** Requests in 10 s and endpoint; default Clerk's own for the key's kind. */
  readonly rateLimit?: number;
  /** The clock of the rate limit. Default: the machine's. */
  readonly clock?: Clock;
}

type Endpoint = (params: URLSearchParams, ids: readonly string[]) => unknown;

interface Route {
  readonly name: string;
  readonly pattern: RegExp;
  readonly answer: Endpoint;
}

const API_VERSIONS = [
  "2021-02-05",
  "2024-10-01",
  "2025-04-10",
  "2025-11-10",
  "2026-05-12",
];

/**
 * Makes the API of an instance.
 *
 * @param options Instance, key, limits and undocumented choices.
 * @returns A handler that never rejects.
 */
export function createClerkHandler(
  options: ClerkHandlerOptions,
): (request: Request) => Response {
  const routes = createRoutes(options);
  const limit = options.rateLimit ?? limitForKey(options.secretKey);
  const rateWindow = new RateWindow(limit, options.clock);
  let requests = 0;

  return function handleClerkRequest(request) {
    const traceId = (++requests).toString(16).padStart(32, "0");
    try {
      const { pathname, search, searchParams } = new URL(request.url);
      checkKey(request, options.secretKey);
      checkVersion(request, searchParams);
      const route = findRoute(routes, request, pathname);
      const waitSeconds = rateWindow.take(route.name);
      if (waitSeconds > 0) {
        return refuse(tooManyRequests(), traceId, waitSeconds);
      }
      if (/%(?![0-9a-f]{2})/i.test(search)) throw queryMalformed();
      const ids = pathname.match(route.pattern)?.slice(1) ?? [];
      const found = route.answer(searchParams, ids.map(decodePathPart));
      return answer(200, found, { "x-clerk-trace-id": traceId });
    } catch (error) {
      const known = error instanceof ClerkHttpError ? error : internalError();
      return refuse(known, traceId);
    }
  };
}

function createRoutes(options: ClerkHandlerOptions): Route[] {
  const { instance, secretKey } = options;
  return [
    {
      name: "instance",
      pattern: /^\/v1\/instance$/,
      answer: () => ({
        object: "instance",
        id: instance.id,
        environment_type: isProduction(secretKey)
          ? "production"
          : "development",
        allowed_origins: null,
      }),
    },
    ...createUserRoutes(options),
    ...createOrganizationRoutes(instance),
  ];
}

function createUserRoutes(
  { instance, ...behaviour }: ClerkHandlerOptions,
): Route[] {
  return [
    {
      name: "users",
      pattern: /^\/v1\/users$/,
      answer: (params) => listUsers(instance, params, behaviour),
    },
    {
      name: "users/count",
      pattern: /^\/v1\/users\/count$/,
      answer: (params) => ({
        object: "total_count",
        total_count: countUsers(instance, params, behaviour),
      }),
    },
    {
      name: "users/id",
      pattern: /^\/v1\/users\/([^/]+)$/,
      answer: (_, [id = ""]) => getUser(instance, id),
    },
    {
      name: "users/id/organization_memberships",
      pattern: /^\/v1\/users\/([^/]+)\/organization_memberships$/,
      answer: (params, [userId = ""]) =>
        listMemberships(instance, params, { userId }),
    },
  ];
}

function createOrganizationRoutes(instance: ClerkInstance): Route[] {
  const { organizations } = instance;
  return [
    {
      name: "organizations",
      pattern: /^\/v1\/organizations$/,
      answer: (params) => listOrganizations(instance, params),
    },
    {
      name: "organizations/id",
      pattern: /^\/v1\/organizations\/([^/]+)$/,
      answer: (params, [id = ""]) => getOrganization(instance, params, id),
    },
    {
      name: "organizations/id/memberships",
      pattern: /^\/v1\/organizations\/([^/]+)\/memberships$/,
      answer: (params, [organizationId = ""]) => {
        if (organizations.get(organizationId) === undefined) throw notFound();
        return listMemberships(instance, params, { organizationId });
      },
    },
    {
      name: "organization_memberships",
      pattern: /^\/v1\/organization_memberships$/,
      answer: (params) => listMemberships(instance, params, {}),
    },
  ];
}

function getUser(instance: ClerkInstance, id: string): unknown {
  const user = instance.users.get(id);
  if (user === undefined) throw notFound(`No user was found with id ${id}`);
  return instance.render(user);
}

function getOrganization(
  { organizations }: ClerkInstance,
  params: URLSearchParams,
  id: string,
): unknown {
  const organization = organizations.get(id);
  if (organization === undefined) throw notFound();
  return readBoolean(params, "include_members_count") === true
    ? organization
    : withoutMembersCount(organization);
}

function checkKey(request: Request, secretKey: string): void {
  const header = request.headers.get("authorization") ?? "";
  const key = /^Bearer (\S+)$/.exec(header)?.[1];
  if (key === undefined) throw authorizationMalformed();
  if (key !== secretKey) throw secretKeyInvalid();
}

function checkVersion(request: Request, params: URLSearchParams): void {
  const header = request.headers.get("clerk-api-version");
  const parameter = params.get("__clerk_api_version");
  if (header !== null && parameter !== null) {
    throw versionInvalid("given twice");
  }
  const version = header ?? parameter;
  if (version !== null && !API_VERSIONS.includes(version)) {
    throw versionInvalid(`${version} is not a version`);
  }
}

function findRoute(
  routes: readonly Route[],
  request: Request,
  pathname: string,
): Route {
  const route = routes.find(({ pattern }) => pattern.test(pathname));
  if (route === undefined) throw notFound();
  if (request.method !== "GET") throw methodNotAllowed();
  return route;
}

function decodePathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw notFound();
    throw error;
  }
}

function refuse(
  error: ClerkHttpError,
  traceId: string,
  retryAfterSeconds?: number,
): Response {
  return answer(error.status, error.toBody(traceId), {
    "x-clerk-trace-id": traceId,
    ...(retryAfterSeconds === undefined
      ? {}
      : { "retry-after": String(retryAfterSeconds) }),
  });
}

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string>,
): Response {
  return new Response(encodeClerkJson(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}
