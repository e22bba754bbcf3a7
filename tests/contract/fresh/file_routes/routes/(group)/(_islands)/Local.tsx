/** An island that belongs to one folder of routes. */
export default function Local() {
  return <b>local</b>;
}
