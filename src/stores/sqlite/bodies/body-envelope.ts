/** Stands before what is said of a body; a body without it is all there is. */
const mark = Buffer.from("\u0001FRB1", "latin1");
const lengthAt = mark.length;
const aboutAt = lengthAt + 4;

/** What goes before a body that is encrypted together with how it was asked or answered: mark, length (4, big endian), JSON. */
export function envelopeOf(about: object): Uint8Array {
  const text = JSON.stringify(about);
  const bytes = Buffer.alloc(aboutAt + Buffer.byteLength(text));
  bytes.set(mark, 0);
  bytes.writeUInt32BE(bytes.length - aboutAt, lengthAt);
  bytes.write(text, aboutAt);
  return bytes;
}

/** The body by itself, and what {@link envelopeOf} put before it; null where nothing was. `body` is a window on `bytes`. */
export function openEnvelope(bytes: Uint8Array): { readonly about: unknown; readonly body: Uint8Array } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < aboutAt || view.compare(mark, 0, mark.length, 0, mark.length) !== 0)
    return { about: null, body: bytes };
  const bodyAt = aboutAt + view.readUInt32BE(lengthAt);
  return { about: JSON.parse(view.toString("utf8", aboutAt, bodyAt)) as unknown, body: bytes.subarray(bodyAt) };
}
