/** Clerk's id of an object; a user's leads to the user's page. */
import { userLink } from "./links.ts";

interface SubjectProps {
  readonly id: string | null | undefined;
}

export function Subject({ id }: SubjectProps) {
  if (!id) return <span class="muted">–</span>;
  return id.startsWith("user_")
    ? <a class="id" href={userLink(id)} title={id}>{id}</a>
    : <code class="id" title={id}>{id}</code>;
}
