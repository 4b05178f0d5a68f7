/** Follows the text of a JSON object that comes in pieces, to know when it is whole. Looks at each character once. */
export class ObjectProgress {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #whole = false;

  /** The outermost object has been closed. */
  get isWhole(): boolean {
    return this.#whole;
  }

  add(piece: string): void {
    for (const character of piece) {
      if (this.#escaped) this.#escaped = false;
      else if (this.#inText) this.#addInText(character);
      else if (character === '"') this.#inText = true;
      else if (character === "{") this.#depth += 1;
      else if (character === "}") {
        this.#depth -= 1;
        this.#whole ||= this.#depth === 0;
      }
    }
  }

  #addInText(character: string): void {
    if (character === "\\") this.#escaped = true;
    else if (character === '"') this.#inText = false;
  }
}
