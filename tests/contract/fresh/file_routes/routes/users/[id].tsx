import { page, type PageProps } from "fresh";

export const handler = {
  GET: () => page({ kind: "user" }),
};

export default function User({ params, data }: PageProps<{ kind: string }>) {
  return <p>{data.kind} {params.id}</p>;
}
