import Local from "./(group)/(_islands)/Local.tsx";

export default function WithIsland() {
  return <Local />;
}
