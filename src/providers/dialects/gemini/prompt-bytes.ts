import type { ModelRequest } from "../../../spec/request.ts";
import { objectOf, wordBytesOf } from "../json-fields.ts";
import { memberOf, objectsOf } from "./field-names.ts";

/** Bytes of the words of a request: the turns without the proofs of their thoughts, the instructions and the tools. */
export function promptBytes({ rest }: Pick<ModelRequest, "rest">): number {
  let bytes = wordBytesOf(memberOf(rest, "systemInstruction")) + wordBytesOf(rest["tools"]);
  for (const content of objectsOf(rest["contents"])) {
    for (const part of objectsOf(content["parts"])) {
      const { thoughtSignature, thought_signature, ...words } = part;
      void thoughtSignature;
      void thought_signature;
      bytes += wordBytesOf(words);
    }
  }
  const config = objectOf(memberOf(rest, "generationConfig"));
  return bytes + wordBytesOf(memberOf(config, "responseSchema")) + wordBytesOf(memberOf(config, "responseJsonSchema"));
}
