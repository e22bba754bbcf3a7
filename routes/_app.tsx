/** The document around every page. */
import { asset } from "fresh/runtime";
import { readTheme } from "../lib/auth/theme.ts";
import { define } from "../lib/define.ts";

export default define.page(function App({ Component, req }) {
  const theme = readTheme(req.headers);
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Rollcall</title>
        <link rel="stylesheet" href={asset("/styles.css")} />
        <link rel="icon" type="image/svg+xml" href={asset("/icon.svg")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
