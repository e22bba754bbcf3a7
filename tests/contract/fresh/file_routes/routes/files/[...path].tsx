import type { PageProps } from "fresh";

export default function Files({ params }: PageProps) {
  return <p>{params.path}</p>;
}
