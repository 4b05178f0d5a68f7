/** OpenAI refuses ids of calls that are longer than 64 characters; this leaves room for the number. */
const responseIdCharactersMax = 48;
/** What all dialects take in an id. */
const odd = /[^A-Za-z0-9_-]/g;

/**
 * An id for a tool call that came without one: the same for the same place in the same answer. Calls of several answers
 * meet in one conversation, so the answer's id is part of it where there is one.
 */
export function callId(responseId: string | null, index: number): string {
  const plain = responseId?.replaceAll(odd, "").slice(0, responseIdCharactersMax) ?? "";
  return plain === "" ? `call_${index}` : `call_${plain}_${index}`;
}
