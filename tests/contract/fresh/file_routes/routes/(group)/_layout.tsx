import type { PageProps } from "fresh";

export default function Group({ Component }: PageProps) {
  return (
    <div class="group">
      <Component />
    </div>
  );
}
