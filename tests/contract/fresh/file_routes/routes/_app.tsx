import type { PageProps } from "fresh";

export default function App({ Component }: PageProps) {
  return (
    <html>
      <head></head>
      <body>
        <Component />
      </body>
    </html>
  );
}
