/** Islands may be in folders. */
export function Deep() {
  return <b>deep</b>;
}
