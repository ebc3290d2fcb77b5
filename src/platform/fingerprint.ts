/**
 * A digest by which a session is recognised without its value being kept.
 * @param salt makes digests of one session under two salts unrelated.
 * @returns 64 hexadecimal digits.
 */
export async function fingerprint(salt: string, value: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${salt}\n${value}`);
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
