import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { type FieldFate, type FieldTable, untranslatable } from "../../translation/concepts.ts";

/** A field table as a tree: what is known of a value, of its members and of its items. */
interface FieldNode {
  readonly path: string;
  fate: FieldFate | null;
  readonly members: Map<string, FieldNode>;
  items: FieldNode | null;
}

/** Goes through a request by a field table. @returns paths of what was left out, each once. @throws FarthingError `untranslatable` */
export type FieldSieve = (document: Readonly<JsonObject>) => readonly string[];

/**
 * A sieve for one table. Top-level fields that the table does not know are refused, for nobody knows what they would do;
 * deeper ones are left out and named. `defaults` says which values of refused fields are what the vendor does anyway.
 */
export function createSieve(
  table: FieldTable,
  defaults: Readonly<Record<string, (value: JsonValue) => boolean>>,
): FieldSieve {
  const root = newNode("");
  for (const [path, fate] of Object.entries(table)) nodeAt(root, path).fate = fate;
  return (document) => {
    const dropped = new Set<string>();
    for (const name in document) {
      const known = root.members.get(name);
      if (known !== undefined) sift(document[name], known, defaults, dropped);
      else if (isSaid(document[name])) throw untranslatable(name, "it is not known here");
    }
    return [...dropped];
  };
}

function newNode(path: string): FieldNode {
  return { path, fate: null, members: new Map(), items: null };
}

function nodeAt(root: FieldNode, path: string): FieldNode {
  let node = root;
  for (const step of path.split(".")) {
    const isList = step.endsWith("[]");
    const name = isList ? step.slice(0, -2) : step;
    const member = node.members.get(name) ?? newNode(node.path === "" ? name : `${node.path}.${name}`);
    node.members.set(name, member);
    if (isList) member.items ??= newNode(`${member.path}[]`);
    node = member.items !== null && isList ? member.items : member;
  }
  return node;
}

function isSaid(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null;
}

function sift(
  value: JsonValue | undefined,
  node: FieldNode,
  defaults: Readonly<Record<string, (value: JsonValue) => boolean>>,
  dropped: Set<string>,
): void {
  if (!isSaid(value)) return;
  const { fate, items, members, path } = node;
  if (fate !== null && "dropped" in fate) dropped.add(path);
  else if (fate !== null && "refused" in fate) {
    if (defaults[path]?.(value) !== true) throw untranslatable(path, fate.refused);
  } else if (Array.isArray(value)) {
    if (items !== null) for (const item of value) sift(item, items, defaults, dropped);
  } else if (typeof value === "object" && members.size > 0) {
    for (const name in value) {
      const known = members.get(name);
      if (known !== undefined) sift(value[name], known, defaults, dropped);
      else if (isSaid(value[name])) dropped.add(`${path}.${name}`);
    }
  }
}
