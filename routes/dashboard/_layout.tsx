/** The frame of the dashboard's pages: where one can go, and who one is. */
import { Keyboard } from "../../islands/Keyboard.tsx";
import { LiveRefresh } from "../../islands/LiveRefresh.tsx";
import { LocalZoneButton } from "../../islands/LocalZoneButton.tsx";
import { readTheme, THEMES } from "../../lib/auth/theme.ts";
import {
  createTimeFormat,
  readTimeZone,
  UTC,
} from "../../lib/auth/time_zone.ts";
import { define } from "../../lib/define.ts";
import { TimeFormatContext } from "./(_components)/TimeFormatContext.ts";

const PAGES = [
  { href: "/dashboard", text: "Overview", icon: "M3 12h4l3-8 4 16 3-8h4" },
  {
    href: "/dashboard/users",
    text: "Users",
    icon: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c1-4 4-5 8-5s7 1 8 5",
  },
  {
    href: "/dashboard/events",
    text: "Events",
    icon: "M13 3 5 14h6l-1 7 8-11h-6l1-7Z",
  },
  {
    href: "/dashboard/runs",
    text: "Runs",
    icon: "M7 4.5v15l12-7.5L7 4.5Z",
  },
  {
    href: "/dashboard/failures",
    text: "Failures",
    icon: "M12 4 2.5 20h19L12 4Zm0 6v4m0 3v.1",
  },
  {
    href: "/dashboard/drift",
    text: "Drift",
    icon: "M4 8h13l-3-3m6 11H7l3 3",
  },
  {
    href: "/dashboard/automations",
    text: "Automations",
    icon: "M4 6h16v12H4V6Zm0 1 8 6 8-6",
  },
  {
    href: "/dashboard/jobs",
    text: "Jobs",
    icon: "M4 6h10M4 12h16M4 18h7m7-14v4m0 12v-4",
  },
  {
    href: "/dashboard/system",
    text: "System",
    icon: "M4 5h16v6H4V5Zm0 8h16v6H4v-6Zm3-5v.1m0 7.9v.1",
  },
];

export default define.layout(
  function DashboardLayout({ Component, state, url, req }) {
    const path = url.pathname.replace(/\/$/, "");
    return (
      <div class="shell">
        <a class="skip" href="#content">Skip to the content</a>
        <header class="side">
          <a class="brand" href="/dashboard">
            <img src="/icon.svg" alt="" width="22" height="22" />Rollcall
          </a>
          <nav class="pages" aria-label="Pages">
            {PAGES.map(({ href, text, icon }) => (
              <a
                key={href}
                href={href}
                aria-current={isCurrent(path, href) ? "page" : "false"}
              >
                <svg viewBox="0 0 24 24" aria-hidden="true">
                  <path d={icon} />
                </svg>
                {text}
              </a>
            ))}
          </nav>
          <div class="tools">
            <LiveRefresh target="content" since={state.feedPosition} />
            <Keyboard />
          </div>
        </header>
        <main id="content" tabIndex={-1}>
          <TimeFormatContext.Provider
            value={createTimeFormat(readTimeZone(req.headers))}
          >
            <Component />
          </TimeFormatContext.Provider>
        </main>
        <footer class="foot">
          <ZoneForm req={req} url={url} />
          <ThemeForm req={req} url={url} />
          <form method="post" action="/dashboard/sign_out">
            <span class="muted small">{state.session?.name}</span>
            <button type="submit" class="quiet">Sign out</button>
          </form>
        </footer>
      </div>
    );
  },
);

const THEME_NAMES = { system: "System", light: "Light", dark: "Dark" } as const;

interface ChoiceFormProps {
  readonly req: Request;
  readonly url: URL;
}

function ZoneForm({ req, url }: ChoiceFormProps) {
  const isUtc = readTimeZone(req.headers) === UTC;
  return (
    <form
      method="post"
      action="/dashboard/time_zone"
      class="choice"
      role="group"
      aria-label="Time zone"
    >
      <input type="hidden" name="next" value={url.pathname + url.search} />
      <button type="submit" name="zone" value={UTC} aria-pressed={isUtc}>
        {UTC}
      </button>
      <LocalZoneButton isChosen={!isUtc} />
    </form>
  );
}

function ThemeForm({ req, url }: ChoiceFormProps) {
  const chosen = readTheme(req.headers);
  return (
    <form
      method="post"
      action="/dashboard/theme"
      class="choice"
      role="group"
      aria-label="Colours"
    >
      <input type="hidden" name="next" value={url.pathname + url.search} />
      {THEMES.map((theme) => (
        <button
          key={theme}
          type="submit"
          name="theme"
          value={theme}
          aria-pressed={theme === chosen}
        >
          {THEME_NAMES[theme]}
        </button>
      ))}
    </form>
  );
}

function isCurrent(path: string, href: string): boolean {
  return href === "/dashboard"
    ? path === href
    : path === href || path.startsWith(`${href}/`);
}
