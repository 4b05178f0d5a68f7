/** Longest claim, tag or id of a document, in characters. */
export const claimCharactersMax = 128;

/** Printable ASCII is nearly always what comes. */
const plain = /^[\x20-\x7e]+$/;
/** Control, format, unassigned and private characters, and the sign of bytes that were no UTF-8. */
const odd = /[\p{C}\uFFFD]/u;

/** Whether a text is 1 to 128 printable characters. */
export function fitsClaim(value: string): boolean {
  return value.length > 0 && value.length <= claimCharactersMax && (plain.test(value) || !odd.test(value));
}

/** Header values arrive one character a byte; text beyond ASCII was UTF-8 when it was sent. */
export function decodedHeader(value: string): string {
  return plain.test(value) ? value : Buffer.from(value, "latin1").toString("utf8");
}
