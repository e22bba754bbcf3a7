import type { RouteConfig } from "fresh";

export const config: RouteConfig = { routeOverride: "/somewhere/:else" };

export const handler = {
  POST: () => new Response("overridden"),
};
