export default function Fail(): never {
  throw new Error("broken");
}
