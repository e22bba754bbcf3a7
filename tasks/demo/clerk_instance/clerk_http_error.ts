/**
 * The failures of Clerk's Backend API as values to throw, with the texts of
 * Clerk's own catalogue, and the body that carries one.
 *
 * Where the documents give a status but no code (marked below) the choice is
 * ours, and nothing may depend on it.
 *
 * Source: clerk-docs data/api_errors.json; clerk/openapi-specs `ClerkErrors`.
 */

/** One failed request: status, code and both of Clerk's messages. */
export class ClerkHttpError extends Error {
  override readonly name = "ClerkHttpError";

  /**
   * @param status HTTP status.
   * @param code Clerk's error code.
   * @param message The short message.
   * @param longMessage The long one.
   * @param paramName The parameter at fault, when there is one.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly longMessage: string,
    readonly paramName?: string,
  ) {
    super(message);
  }

  /**
   * Writes the error as the API's body.
   *
   * @param traceId 32 hex digits.
   * @returns A plain object for the JSON encoder.
   */
  toBody(traceId: string): object {
    const { code, message, longMessage, paramName } = this;
    const error = {
      message,
      long_message: longMessage,
      code,
      ...(paramName === undefined ? {} : { meta: { param_name: paramName } }),
    };
    return { errors: [error], clerk_trace_id: traceId };
  }
}

/** 401: the Authorization header is missing or no Bearer header. */
export function authorizationMalformed(): ClerkHttpError {
  const message = "Invalid Authorization header format";
  return new ClerkHttpError(
    401,
    "authorization_header_format_invalid",
    message,
    `${message}. Must be 'Bearer <YOUR_API_KEY>'`,
  );
}

/** 401: the key is not this instance's. */
export function secretKeyInvalid(): ClerkHttpError {
  const message =
    "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.";
  return new ClerkHttpError(401, "clerk_key_invalid", message, message);
}

/** 404: no such path, user or organization. */
export function notFound(longMessage = "Resource not found"): ClerkHttpError {
  return new ClerkHttpError(
    404,
    "resource_not_found",
    "not found",
    longMessage,
  );
}

/** 405; the code is our choice. */
export function methodNotAllowed(): ClerkHttpError {
  return new ClerkHttpError(
    405,
    "method_not_allowed",
    "Method not allowed",
    "The simulated API is read-only over HTTP",
  );
}

/** 400: an unknown API version, or two at once. */
export function versionInvalid(reason: string): ClerkHttpError {
  return new ClerkHttpError(
    400,
    "api_version_invalid",
    "invalid API version",
    `Invalid Clerk API version: ${reason}`,
  );
}

/** 400: the query string is not well-formed. */
export function queryMalformed(): ClerkHttpError {
  return new ClerkHttpError(
    400,
    "malformed_request_parameters",
    "Malformed request parameters",
    "The request parameters are malformed and could not be parsed",
  );
}

/** 422: a value that its parameter does not take. */
export function paramInvalid(name: string, value: string): ClerkHttpError {
  return new ClerkHttpError(
    422,
    "form_param_value_invalid",
    "is invalid",
    `${value} does not match one of the allowed values for parameter ${name}`,
    name,
  );
}

/** 422: text where a number belongs; the code is our choice. */
export function paramFormatInvalid(name: string): ClerkHttpError {
  return new ClerkHttpError(
    422,
    "form_param_format_invalid",
    "is invalid",
    `${name} must be an integer`,
    name,
  );
}

/** 422: a number over its maximum; the code is our choice. */
export function paramTooLarge(name: string, maximum: number): ClerkHttpError {
  return new ClerkHttpError(
    422,
    "form_param_value_too_large",
    "Value too large",
    `The value of ${name} can't be greater than ${maximum}`,
    name,
  );
}

/** 422: too many values; the code is our choice. */
export function paramListTooLong(name: string, most: number): ClerkHttpError {
  return new ClerkHttpError(
    422,
    "form_param_array_size_exceeded",
    "exceeds maximum size",
    `${name} should not exceed ${most} items.`,
    name,
  );
}

/** 422: a cursor naming nobody; one of the answers Clerk might give. */
export function cursorUnprocessable(): ClerkHttpError {
  return new ClerkHttpError(
    422,
    "form_resource_not_found",
    "not found",
    "The resource associated with the supplied starting_after was not found.",
    "starting_after",
  );
}

/** 429, once Clerk's limit is reached. */
export function tooManyRequests(): ClerkHttpError {
  return new ClerkHttpError(
    429,
    "too_many_requests",
    "Too many requests",
    "Too many requests, retry later",
  );
}

/** 500, Clerk's own. */
export function internalError(): ClerkHttpError {
  const message = "Internal error";
  return new ClerkHttpError(500, "internal_clerk_error", message, message);
}
