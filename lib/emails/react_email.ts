/** The parts of @react-email/components that the letters use, made harmless. */
import "./quiet_prism.ts";

export {
  Body,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Preview,
  render,
  Text,
} from "@react-email/components";
