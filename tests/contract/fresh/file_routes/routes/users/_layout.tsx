import type { PageProps } from "fresh";

export default function Layout({ Component }: PageProps) {
  return (
    <div class="users">
      <Component />
    </div>
  );
}
