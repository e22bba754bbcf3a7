/**
 * Signs session tokens as Clerk does, with a key pair made for one test.
 *
 * @see https://clerk.com/docs/backend-requests/resources/session-tokens
 */

/** Signs for one instance. */
export interface ClerkTokens {
  /** The instance's publishable key; its host is clerk.example.com. */
  readonly publishableKey: string;
  /** What CLERK_JWT_KEY is set to. */
  readonly jwtKey: string;
  /**
   * Makes the Cookie header of a browser in which a user is signed in; it names no
   * party (`azp`), like all that Clerk makes on the way from page to page.
   */
  cookieOf(
    userId: string,
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};

/** @returns Tokens of a key pair of their own. */
export async function makeClerkTokens(): Promise<ClerkTokens> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(
    ALGORITHM,
    true,
    ["sign", "verify"],
  );
  const spki = await crypto.subtle.exportKey("spki", publicKey);
  const lines = new Uint8Array(spki).toBase64().match(/.{1,64}/g) ?? [];
  return {
    publishableKey: `pk_live_${btoa("clerk.example.com$")}`,
    jwtKey: [
      "-----BEGIN PUBLIC KEY-----",
      ...lines,
      "-----END PUBLIC KEY-----",
    ].join("\n"),
    async cookieOf(userId, claims = {}) {
      const nowS = Math.floor(Date.now() / 1_000);
      const token = await signToken(privateKey, {
        sub: userId,
        sid: "sess_1",
        v: 2,
        iss: "https://clerk.example.com",
        iat: nowS - 5,
        nbf: nowS - 10,
        exp: nowS + 60,
        ...claims,
      });
      return `__session=${token}; __client_uat=${nowS - 10}`;
    },
  };
}

async function signToken(key: CryptoKey, claims: object): Promise<string> {
  const head = encode({ alg: "RS256", typ: "JWT", kid: "ins_1" });
  const signed = `${head}.${encode(claims)}`;
  const signature = await crypto.subtle.sign(
    ALGORITHM.name,
    key,
    new TextEncoder().encode(signed),
  );
  return `${signed}.${toBase64Url(new Uint8Array(signature))}`;
}

function encode(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}

function toBase64Url(bytes: Uint8Array<ArrayBuffer>): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
