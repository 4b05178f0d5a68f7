import type { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { requestDefaults, requestFields } from "./request-table.ts";

/** Paths of what was left out while reading one request. */
export type Dropped = Set<string>;

/**
 * Goes through the members of one object of a request: refused ones throw, dropped and (inside) unknown ones are noted.
 * @param path of the object, without indexes; empty for the body itself, where unknown members are refused
 * @throws FarthingError `untranslatable`
 */
export function checkMembers(object: Readonly<JsonObject>, path: string, dropped: Dropped): void {
  for (const [name, value] of Object.entries(object)) {
    const field = path === "" ? name : `${path}.${name}`;
    const fate = requestFields[field];
    if (!isGiven(value) || saysNothing(field, value)) continue;
    if (fate === undefined) {
      if (path === "") throw untranslatable(field, "it is not known here");
      dropped.add(field);
    } else if ("refused" in fate) throw untranslatable(field, fate.refused);
    else if ("dropped" in fate) dropped.add(field);
  }
}

/**
 * The refusal of a kind of item or tool.
 * @param list `input[]` or `tools[]`
 */
export function refuseKind(list: string, type: string): FarthingError {
  const fate = requestFields[`${list} of type ${type}`];
  const isKnown = fate !== undefined && "refused" in fate;
  return untranslatable(`${list}.type`, isKnown ? `${type}: ${fate.refused}` : "this kind is not known here");
}

/** True when the vendor would have taken the same value. */
function saysNothing(field: string, value: JsonValue): boolean {
  const standard = requestDefaults[field];
  return standard !== undefined && JSON.stringify(standard) === JSON.stringify(value);
}
