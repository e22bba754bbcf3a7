/** The frame of the dashboard's pages. */
import { LiveRefresh } from "../../islands/LiveRefresh.tsx";
import { define } from "../../lib/define.ts";

export default define.layout(function DashboardLayout({ Component, state }) {
  return (
    <>
      <header class="top">
        <a class="brand" href="/dashboard">Rollcall</a>
        <span class="spacer" />
        <LiveRefresh target="content" />
        <form method="post" action="/dashboard/sign_out">
          <span class="muted small">{state.session?.name}</span>
          <button type="submit" class="quiet">Sign out</button>
        </form>
      </header>
      <main id="content">
        <Component />
      </main>
    </>
  );
});
