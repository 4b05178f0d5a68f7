import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type BinaryLike,
} from "node:crypto";

/**
 * AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits; under one key at most 2^32 of them, which at a thousand
 * bodies a second is 49 days of one user's traffic without a pause.
 */
const algorithm = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const saltBytes = 16;
const provenText = "farthing bodies";

/** What the master secret opens. Each purpose has a key of its own, derived by HKDF-SHA-256 (RFC 5869). */
export interface MasterKey {
  /** Kept beside the data; another file has another. */
  readonly salt: Uint8Array;
  /** Tells this key from others without telling anything of it. */
  readonly proof: Uint8Array;
  /** Encrypts a data key for whom it is. */
  wrap(dataKey: Uint8Array, whose: KeyOwner): Uint8Array;
  /** @throws Error when the bytes were changed, or are another's. */
  unwrap(wrapped: Uint8Array, whose: KeyOwner): Uint8Array;
  /** HMAC-SHA-256 of a text: nobody without the master key can write one. */
  seal(text: string): Uint8Array;
}

/** Whom a data key belongs to. */
export interface KeyOwner {
  readonly dataKey: bigint;
  readonly owner: string;
  /** Empty: requests that name no user. */
  readonly user: string;
}

/** The master key of a secret. `salt` absent: a new one. */
export function deriveMasterKey(secret: string, salt: Uint8Array = randomBytes(saltBytes)): MasterKey {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", secret, salt, `farthing bodies: ${purpose}`, keyBytes));
  const wrapKey = derive("wrap");
  const sealKey = derive("seal");
  const proofKey = derive("proof");
  return {
    salt,
    proof: createHmac("sha256", proofKey).update(provenText).digest(),
    wrap: (dataKey, whose) => encrypt(wrapKey, dataKey, wordsOf(whose)),
    unwrap: (wrapped, whose) => decrypt(wrapKey, wrapped, wordsOf(whose)),
    seal: (text) => createHmac("sha256", sealKey).update(text).digest(),
  };
}

function wordsOf({ dataKey, owner, user }: KeyOwner): string {
  return JSON.stringify(["data key", String(dataKey), owner, user]);
}

/** A new data key: 256 random bits. */
export function makeDataKey(): Uint8Array {
  return randomBytes(keyBytes);
}

/** Nonce, ciphertext and tag. `bound` is not in it, but must be the same when it is opened. */
export function encrypt(key: Uint8Array, plain: Uint8Array, bound: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when a bit of it, of the key or of `bound` is another. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, bound: string): Uint8Array {
  const end = sealed.length - tagBytes;
  if (end < nonceBytes) throw new Error("too short to be encrypted");
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(sealed.subarray(end));
  const plain: BinaryLike[] = [decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()];
  return Buffer.concat(plain as Buffer[]);
}

/** Compares in a time that does not depend on where they differ. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
