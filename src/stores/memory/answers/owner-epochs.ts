import { randomBytes } from "node:crypto";
import type { AnswerTicket, FoundAnswer } from "../../../spec/answer-store.ts";
import type { Scope } from "../../../spec/caller.ts";

/** What one owner, and one invalidated name, take in memory; upper estimates. */
const ownerBytes = 512;
const epochBytes = 256;
/** However small the store is. */
const ownersMin = 16;
const epochsMin = 64;

/** Where an owner's invalidations stand. */
export interface Owned {
  /** Of the generation; none is ever given twice by one {@link OwnerEpochs}. */
  readonly number: number;
  readonly ticket: AnswerTicket;
  /** What a lookup that finds nothing gives. */
  readonly nothing: FoundAnswer;
  /** Sequence of the latest invalidation by name. */
  readonly epochs: Map<string, number>;
}

/**
 * The invalidations of all owners, in bounded room. An owner with too many, or that was not heard of for too long, gets a
 * new generation: then all it had is dead, which costs answers and is never wrong.
 */
export class OwnerEpochs {
  readonly #ownersMax: number;
  readonly #epochsMax: number;
  readonly #store = randomBytes(9).toString("base64url");
  #generations = 0;
  #epochs = 0;
  /** Two ages of owners: when the young are many, the old are let go. */
  #young = new Map<Scope, Owned>();
  #old = new Map<Scope, Owned>();

  /** @param bytesMax room for what is known of owners; a handful is kept in any case. */
  constructor(bytesMax: number) {
    this.#ownersMax = Math.max(ownersMin, Math.floor(bytesMax / 2 / ownerBytes));
    this.#epochsMax = Math.max(epochsMin, Math.floor(bytesMax / 2 / epochBytes));
  }

  /** Upper estimate of what is held. */
  get bytes(): number {
    return (this.#young.size + this.#old.size) * ownerBytes + this.#epochs * epochBytes;
  }

  /** @returns most that a store with so much room for owners may come to hold of them. */
  get bytesMax(): number {
    return this.#ownersMax * ownerBytes + this.#epochsMax * epochBytes;
  }

  of(owner: Scope): Owned {
    return this.#young.get(owner) ?? this.#promote(owner);
  }

  /** All owners known. */
  owners(): readonly Scope[] {
    return [...new Set([...this.#young.keys(), ...this.#old.keys()])];
  }

  /** Nothing of this owner that bears the name and was looked up before lives any more. */
  forbid(owner: Scope, name: string): void {
    const { number, ticket, epochs } = this.of(owner);
    if (!epochs.has(name)) {
      // Half of the room is for one owner at most: nobody can make all others forget alone.
      if (epochs.size >= this.#epochsMax / 2) return this.renew(owner);
      if (this.#epochs >= this.#epochsMax) return this.#renewAll();
      this.#epochs++;
    }
    const sequence = ticket.sequence + 1;
    epochs.set(name, sequence);
    this.#young.set(owner, ownedOf(number, { ...ticket, sequence }, epochs));
  }

  /** Nothing of this owner lives any more. */
  renew(owner: Scope): void {
    this.#epochs -= this.of(owner).epochs.size;
    this.#young.set(owner, this.#create());
  }

  #renewAll(): void {
    for (const owner of this.owners()) this.renew(owner);
  }

  #promote(owner: Scope): Owned {
    const known = this.#old.get(owner);
    if (known !== undefined) this.#old.delete(owner);
    const owned = known ?? this.#create();
    if (this.#young.size >= this.#ownersMax / 2) {
      for (const { epochs } of this.#old.values()) this.#epochs -= epochs.size;
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(owner, owned);
    return owned;
  }

  #create(): Owned {
    const number = ++this.#generations;
    return ownedOf(number, { generation: `${this.#store}.${number}`, sequence: 0 }, new Map());
  }
}

function ownedOf(number: number, ticket: AnswerTicket, epochs: Map<string, number>): Owned {
  return { number, ticket, nothing: { answer: null, ticket }, epochs };
}
