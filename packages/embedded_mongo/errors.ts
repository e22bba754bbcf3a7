/**
 * The errors that a client can see, with mongod's numbers and names.
 *
 * A driver decides by `code` (is it a duplicate? may it be retried?), people
 * decide by the message; so every refusal here carries both. Codes are those of
 * mongod's `error_codes.yml`; only the ones this server raises are listed.
 */

const CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  NotImplemented: 238,
  ConversionFailure: 241,
  NoQueryExecutionPlans: 291,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
} as const;

/**
 * The names of the errors that this server raises, as in mongod's `codeName`; one
 * without a name is called by the number of its place in mongod's source.
 */
export type CodeName = keyof typeof CODES | `Location${number}`;

/** An error that becomes an `{ ok: 0 }` reply or a write error of one document. */
export class MongoError extends Error {
  override readonly name = "MongoError";
  /** mongod's number for {@linkcode codeName}. */
  readonly code: number;

  /**
   * @param codeName mongod's name of the error.
   * @param message What a person reads.
   * @param details Further fields of the reply, such as `keyPattern`.
   */
  constructor(
    readonly codeName: CodeName,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    const codes: Readonly<Record<string, number>> = CODES;
    this.code = codes[codeName] ?? Number(codeName.replace("Location", ""));
  }
}

/**
 * Says that an argument is wrong, the error that there is most of.
 *
 * @param message What a person reads.
 * @returns The error to throw.
 */
export function badValue(message: string): MongoError {
  return new MongoError("BadValue", message);
}

/**
 * Refuses a MongoDB feature that lies outside this server.
 *
 * @param feature The feature as a person would name it, such as `$where`.
 * @param codeName What a mongod without that feature would answer.
 * @returns The error to throw.
 */
export function refuse(
  feature: string,
  codeName: CodeName = "NotImplemented",
): MongoError {
  return new MongoError(
    codeName,
    `${feature} is not supported by the embedded server: ` +
      "set MONGODB_URI to use a real server",
  );
}

/**
 * Turns whatever was thrown into an error that can be sent.
 *
 * @param thrown The value caught.
 * @returns Itself when it is a {@linkcode MongoError}, else an `InternalError`.
 */
export function toMongoError(thrown: unknown): MongoError {
  if (thrown instanceof MongoError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new MongoError("InternalError", message);
}
