import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { callId } from "./call-id.ts";
import { memberOf, objectsOf } from "./field-names.ts";

/**
 * Joins calls of tools with their results. Ids are the caller's where there are some; where a call has none, its place in
 * the conversation makes one, and a result without one answers the first unanswered call of the same tool.
 */
export class CallIds {
  /** Ids that the request names itself: none of them is made again. */
  readonly #taken: ReadonlySet<string>;
  readonly #open: { readonly id: string; readonly name: string }[] = [];
  #calls = 0;

  /** @param contents all turns of the request */
  constructor(contents: readonly Readonly<JsonObject>[]) {
    this.#taken = new Set(contents.flatMap(idsIn));
  }

  /** The id of the next call. */
  ofCall(given: string | null, name: string): string {
    const id = given === null || given === "" ? this.#next() : given;
    this.#open.push({ id, name });
    return id;
  }

  /**
   * The id of the call that a result answers.
   * @throws FarthingError `untranslatable` when there is no such call
   */
  ofResult(given: string | null, name: string): string {
    const byId = given !== null && given !== "";
    const at = this.#open.findIndex((call) => (byId ? call.id === given : call.name === name));
    const [answered] = at === -1 ? [] : this.#open.splice(at, 1);
    if (byId) return given;
    if (answered !== undefined) return answered.id;
    const reason = "it has no id, and no call of this tool without an answer stands before it";
    throw untranslatable("contents[].parts[].functionResponse", reason);
  }

  #next(): string {
    let id = callId(null, this.#calls);
    while (this.#taken.has(id)) {
      this.#calls += 1;
      id = callId(null, this.#calls);
    }
    this.#calls += 1;
    return id;
  }
}

function idsIn(content: Readonly<JsonObject>): readonly string[] {
  const ids: string[] = [];
  for (const part of objectsOf(content["parts"])) {
    const id = textOf(objectOf(memberOf(part, "functionCall"))?.["id"]);
    if (id !== null) ids.push(id);
  }
  return ids;
}
