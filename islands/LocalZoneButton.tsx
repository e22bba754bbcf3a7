/** Chooses the zone of this browser, which the server cannot know by itself. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

interface LocalZoneButtonProps {
  readonly isChosen: boolean;
}

export function LocalZoneButton({ isChosen }: LocalZoneButtonProps) {
  const zone = useSignal("");
  useEffect(() => {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }, []);
  return (
    <button
      type="submit"
      name="zone"
      value={zone.value}
      disabled={zone.value === ""}
      aria-pressed={isChosen}
    >
      Local
    </button>
  );
}
