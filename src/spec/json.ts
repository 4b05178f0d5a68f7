/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object as parsed; treat it as read-only once it is part of a request. */
export interface JsonObject {
  [name: string]: JsonValue;
}
