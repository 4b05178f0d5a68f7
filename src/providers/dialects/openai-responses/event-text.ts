import type { JsonObject } from "../../../spec/json.ts";
import { sseText } from "./render-error.ts";

/** The events of one stream as text, numbered from 0 as the vendor does. */
export class EventText {
  #text = "";
  #sequenceNumber = 0;

  /** Adds one event; its number is set here. */
  add(type: string, members: Readonly<JsonObject>): void {
    this.#text += sseText({ type, sequence_number: this.nextNumber(), ...members });
  }

  /** The number of the next event, which is given out. */
  nextNumber(): number {
    const number = this.#sequenceNumber;
    this.#sequenceNumber += 1;
    return number;
  }

  /** Adds an event that has its number. */
  append(text: string): void {
    this.#text += text;
  }

  /** What was added since the last time. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}
