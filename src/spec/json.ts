/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object as parsed; treat it as read-only once it is part of a request. */
export interface JsonObject {
  [name: string]: JsonValue;
}

/** Members of an object that are passed over, each as a whole (null) or as far as its own members named here. */
export type OmittedMembers = ReadonlyMap<string, OmittedMembers | null>;
