import type { Scope } from "../../spec/caller.ts";

/** What one owner takes in memory; an upper estimate. */
const ownerBytes = 512;
const ownersMin = 16;

interface Numbered {
  readonly generation: string;
  readonly number: number;
}

/**
 * Short numbers for the generations that a store behind a tier names, one owner at a time. A number stands for one
 * generation of one owner for ever; who was not heard of for long gets a new one, and what bears the old is dead.
 */
export class GenerationNumbers {
  readonly bytesMax: number;
  readonly #ownersMax: number;
  #numbers = 0;
  #young = new Map<Scope, Numbered>();
  #old = new Map<Scope, Numbered>();

  constructor(bytesMax: number) {
    this.#ownersMax = Math.max(ownersMin, Math.floor(bytesMax / ownerBytes));
    this.bytesMax = this.#ownersMax * ownerBytes;
  }

  get bytes(): number {
    return (this.#young.size + this.#old.size) * ownerBytes;
  }

  /** @returns the number of the generation; a new one where the owner's last known was another. */
  of(owner: Scope, generation: string): number {
    const known = this.#young.get(owner) ?? this.#old.get(owner);
    const numbered = known?.generation === generation ? known : { generation, number: ++this.#numbers };
    if (this.#young.get(owner) !== numbered) this.#keep(owner, numbered);
    return numbered.number;
  }

  /** Whether this is the number of the owner's last known generation. */
  isCurrent(owner: Scope, number: number): boolean {
    return (this.#young.get(owner) ?? this.#old.get(owner))?.number === number;
  }

  #keep(owner: Scope, numbered: Numbered): void {
    this.#old.delete(owner);
    if (!this.#young.has(owner) && this.#young.size >= this.#ownersMax / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(owner, numbered);
  }
}
