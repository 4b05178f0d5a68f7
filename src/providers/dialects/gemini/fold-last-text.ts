import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { foldLastTurn, type FoldText, type TurnWords } from "../fold-last-text.ts";

const words: TurnWords = {
  content: "parts",
  turn: new Set(["role", "parts"]),
  part: new Set(["text"]),
  kinds: new Set(),
  isUserByDefault: true,
};

/** The contents with the last one's text folded. */
export function foldLastText({ rest }: ModelRequest, fold: FoldText): Readonly<JsonObject> | null {
  const contents = foldLastTurn(rest["contents"], words, fold);
  return contents === null ? null : { ...rest, contents };
}
