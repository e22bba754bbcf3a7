/**
 * The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), for loopback TCP.
 *
 * One user, whose password the server made up itself. No channel binding; the
 * final empty exchange is skipped, as drivers ask for.
 */

import {
  createHash,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { MongoError } from "../errors.ts";

const ITERATIONS = 4096; // The least that drivers accept; the password is random.

/** What the server keeps of a password. */
export interface ScramSecret {
  readonly username: string;
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/**
 * Derives what the server keeps.
 *
 * @param username The user's name.
 * @param password The password in clear.
 * @returns The secret to check logins against.
 */
export function deriveSecret(username: string, password: string): ScramSecret {
  const salt = randomBytes(28);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const clientKey = hmac(salted, "Client Key");
  return {
    username,
    salt,
    storedKey: createHash("sha256").update(clientKey).digest(),
    serverKey: hmac(salted, "Server Key"),
  };
}

/** One login on one connection. */
export class Scram {
  #isDone = false;
  #nonce = "";
  #transcript = "";

  /** @param secret What {@linkcode deriveSecret} made. */
  constructor(readonly secret: ScramSecret) {}

  /** Whether the client has proved that it knows the password. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Answers the client's first message.
   *
   * @param payload `n,,n=user,r=nonce`.
   * @returns `r=nonce,s=salt,i=iterations`.
   * @throws {MongoError} AuthenticationFailed when it is malformed.
   */
  start(payload: Uint8Array): Uint8Array {
    const first = new TextDecoder().decode(payload);
    const match = /^n,,(n=([^,]+),r=([^,]+))$/.exec(first);
    if (!match) throw createFailure();
    const [, bare = "", name = "", clientNonce = ""] = match;
    // An unknown user fails at the proof, so that names cannot be probed.
    this.#nonce = clientNonce + randomBytes(24).toString("base64");
    const salt = toBase64(this.secret.salt);
    const reply = `r=${this.#nonce},s=${salt},i=${ITERATIONS}`;
    const isKnown = name.replaceAll("=2C", ",").replaceAll("=3D", "=") ===
      this.secret.username;
    this.#transcript = isKnown ? `${bare},${reply}` : "";
    return new TextEncoder().encode(reply);
  }

  /**
   * Checks the client's proof.
   *
   * @param payload `c=biws,r=nonce,p=proof`.
   * @returns `v=signature`, which proves the server to the client.
   * @throws {MongoError} AuthenticationFailed when the proof is wrong.
   */
  finish(payload: Uint8Array): Uint8Array {
    const final = new TextDecoder().decode(payload);
    const match = /^(c=biws,r=([^,]+)),p=([^,]+)$/.exec(final);
    const [, withoutProof = "", nonce = "", proof = ""] = match ?? [];
    if (!match || this.#transcript === "" || nonce !== this.#nonce) {
      throw createFailure();
    }
    const message = `${this.#transcript},${withoutProof}`;
    const signature = hmac(this.secret.storedKey, message);
    const clientKey = fromBase64(proof).map((byte, i) => byte ^ signature[i]!);
    const storedKey = createHash("sha256").update(clientKey).digest();
    if (!timingSafeEqual(storedKey, this.secret.storedKey)) {
      throw createFailure();
    }
    this.#isDone = true;
    const verifier = toBase64(hmac(this.secret.serverKey, message));
    return new TextEncoder().encode(`v=${verifier}`);
  }
}

function createFailure(): MongoError {
  return new MongoError("AuthenticationFailed", "Authentication failed.");
}

function hmac(key: Uint8Array, message: string): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
