/** How the page that is being rendered writes its times. */
import { createContext } from "preact";
import { createTimeFormat, UTC } from "../../../lib/auth/time_zone.ts";

/** Provided by the layout; UTC where there is none. */
export const TimeFormatContext = createContext(createTimeFormat(UTC));
