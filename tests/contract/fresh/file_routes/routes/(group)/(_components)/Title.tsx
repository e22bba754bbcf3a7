/** Not a route: the folder's name says so. */
export function Title({ text }: { text: string }) {
  return <h1>{text}</h1>;
}
