/** Every page of the dashboard by name, for tests and pictures of all of them. */
export const DASHBOARD_PATHS: Readonly<Record<string, string>> = {
  overview: "/dashboard",
  users: "/dashboard/users",
  user: "/dashboard/users/user_000001",
  events: "/dashboard/events",
  event: "/dashboard/events/msg_000049",
  quarantine: "/dashboard/events/quarantine",
  replay: "/dashboard/replay?state=failed",
  runs: "/dashboard/runs",
  failures: "/dashboard/failures",
  drift: "/dashboard/drift",
  repair: "/dashboard/drift/repair?id=user_000003",
  automations: "/dashboard/automations",
  jobs: "/dashboard/jobs",
  system: "/dashboard/system",
};
