/**
 * What holds for every route: the security headers and the policy of scripts.
 *
 * Error pages do not pass here; _error.tsx sets the same headers itself.
 */
import { csp } from "fresh";
import {
  POLICY_DIRECTIVES,
  setSecurityHeaders,
} from "../lib/auth/security_headers.ts";
import { define, type State } from "../lib/define.ts";
import { isSecureSite } from "../lib/auth/secure_site.ts";

const setHeaders = define.middleware(async (ctx) => {
  const response = await ctx.next();
  setSecurityHeaders(response.headers, {
    isSecure: isSecureSite(ctx.url, ctx.state.services.config.publicUrl),
  });
  return response;
});

export default [
  setHeaders,
  csp<State>({ useNonce: true, csp: [...POLICY_DIRECTIVES] }),
];
