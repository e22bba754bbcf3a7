import type { PageProps } from "fresh";

export default function Books({ params }: PageProps) {
  return <p>page {params.page || "none"}</p>;
}
