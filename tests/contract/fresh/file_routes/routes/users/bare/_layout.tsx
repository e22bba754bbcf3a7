import type { LayoutConfig, PageProps } from "fresh";

export const config: LayoutConfig = { skipInheritedLayouts: true };

export default function Bare({ Component }: PageProps) {
  return (
    <div class="bare">
      <Component />
    </div>
  );
}
