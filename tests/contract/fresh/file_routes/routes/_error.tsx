import { HttpError, type PageProps } from "fresh";

export default function ErrorPage({ error }: PageProps) {
  return <p>{error instanceof HttpError ? error.status : "failed"}</p>;
}
