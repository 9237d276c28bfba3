// API keys: 256 random bits each, known to the service only by their SHA-256. A slow hash (bcrypt, scrypt) protects what
// people choose and others can guess; nobody guesses 2^256, and it would let an attacker tie up the service with guesses.
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';

/** predict: /predict, /v2/…/infer, /feedback. admin: /admin. A key may hold both. */
export const keyScopes = ['predict', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** A key's name stands in logs and in rate-limit buckets. */
export const keyName = z.string().regex(/^[\w.-]{1,64}$/, '1 to 64 letters, digits, dots, dashes and underscores');

export const keyEntry = z.strictObject({
  name: keyName,
  /** Of the key's text, lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 as 64 hexadecimal digits'),
  scopes: z.array(z.enum(keyScopes)).min(1),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
});
export type KeyEntry = Readonly<z.output<typeof keyEntry>>;

/** How many random bytes a key is made of. */
export const keyBytes = 32;

/** The text of a key made of 32 random bytes. Throws when there are fewer: a short key could be guessed. */
export function formatKey(random: Uint8Array): string {
  if (random.length !== keyBytes) throw new Error(`a key is made of ${keyBytes} bytes, not ${random.length}`);
  return `pp_${Buffer.from(random).toString('base64url')}`;
}

/** What a key file keeps of a key: SHA-256, 32 bytes. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export function isExpired({ expiresAt }: KeyEntry, now: Date): boolean {
  return expiresAt !== undefined && now.getTime() >= Date.parse(expiresAt);
}

/** Whose key it was. */
export interface KeyHolder {
  readonly name: string;
}

export interface KeyRing {
  /**
   * Whether the header of a request (`Bearer pp_…`) carries a key that may do it; `any`: whatever its scopes. Comes back
   * as the holder or as the refusal: UNAUTHENTICATED (no key, an unknown or an expired one) or FORBIDDEN (not its
   * scope; or `admin` where no key has that scope). No refusal repeats what was sent.
   */
  readonly check: (authorizationHeader: string | undefined, scope: KeyScope | 'any') => KeyHolder | PawprintError;
}

/** The keys of a file. `now` decides what has expired. */
export function createKeyRing(entries: readonly KeyEntry[], now: () => Date): KeyRing {
  const hashes = entries.map(({ sha256 }) => Buffer.from(sha256, 'hex'));
  return {
    check: (header, scope) => {
      const live = (entry: KeyEntry): boolean => !isExpired(entry, now());
      if (scope === 'admin' && !entries.some((entry) => entry.scopes.includes('admin') && live(entry)))
        return noAdminKey();
      const key = /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1];
      if (key === undefined) return unauthenticated(header === undefined ? 'no key' : 'a header of another form');
      const entry = entries[findHash(hashKey(key), hashes)];
      if (entry === undefined) return unauthenticated('a key that is not known');
      if (!live(entry)) return unauthenticated('a key that has expired');
      if (scope !== 'any' && !entry.scopes.includes(scope)) return forbidden(scope);
      return { name: entry.name };
    },
  };
}

/**
 * The index of `hash` in `hashes`, or -1. Each is compared to its last byte and none is left out, so that the time taken
 * says nothing about which came near.
 */
export function findHash(
  hash: Uint8Array,
  hashes: readonly Uint8Array[],
  equal: (a: Uint8Array, b: Uint8Array) => boolean = timingSafeEqual,
): number {
  let found = -1;
  hashes.forEach((each, i) => {
    if (equal(hash, each)) found = i;
  });
  return found;
}

function unauthenticated(received: string): PawprintError {
  return new PawprintError('UNAUTHENTICATED', {
    message: 'this needs an API key',
    expected: 'a header `Authorization: Bearer pp_…` with a key that is known and has not expired',
    received,
    hint: 'Ask the operator for one (pawprint api-key create).',
  });
}

function forbidden(scope: KeyScope): PawprintError {
  return new PawprintError('FORBIDDEN', {
    message: 'this key may not do that',
    expected: `a key with the scope ${scope}`,
    hint: `pawprint api-key create --name NAME --scope ${scope}`,
  });
}

/** The refusal of everything administrative as long as nobody has been given the right to it. */
export function noAdminKey(): PawprintError {
  return new PawprintError('FORBIDDEN', {
    message: 'no admin key is configured, so nobody may do that',
    expected: 'a key with the scope admin',
    hint: 'pawprint api-key create --file keys.json --name NAME --scope admin; then serve with --api-keys keys.json',
  });
}
