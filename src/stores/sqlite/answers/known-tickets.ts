import type { AnswerTicket } from "../../../spec/answer-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import type { Clock } from "../../../spec/clock.ts";

/** Owners remembered; beyond, all are forgotten and read again. */
const ownersMax = 10_000;
/**
 * A ticket that is older is read again. Another process's invalidation makes an older ticket kill answers that it need not, never
 * the other way round; a second of that is little, and asking the file for every miss would cost 4 to 9 us each.
 */
const ageUsMax = 1_000_000;

interface KnownTicket {
  readonly ticket: AnswerTicket;
  readonly atUs: number;
  /** Of the file, from before the ticket was read; null: not known. */
  readonly version: number | null;
}

/** The last tickets read: for misses, and for hits as long as nobody has written to the file. */
export class KnownTickets {
  readonly #clock: Clock;
  readonly #known: Map<Scope, KnownTicket> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(owner: Scope, read: () => AnswerTicket): AnswerTicket {
    const known = this.#known.get(owner);
    if (known !== undefined && this.#clock.monotonicUs() - known.atUs < ageUsMax) return known.ticket;
    const ticket = read();
    this.learn(owner, ticket);
    return ticket;
  }

  /** The ticket of this very moment. @param version of the file now; while it is what it was nothing is read. */
  asOf(owner: Scope, version: number, read: () => AnswerTicket): AnswerTicket {
    const known = this.#known.get(owner);
    if (known?.version === version) return known.ticket;
    const ticket = read();
    this.#put(owner, ticket, version);
    return ticket;
  }

  /** Answers of the file may arrive out of their order: of one generation the latest counts. */
  learn(owner: Scope, ticket: AnswerTicket): void {
    const known = this.#known.get(owner);
    const isSameFile = known?.ticket.generation === ticket.generation;
    if (isSameFile && known.ticket.sequence > ticket.sequence) return;
    this.#put(owner, ticket, isSameFile && known.ticket.sequence === ticket.sequence ? known.version : null);
  }

  /** After an invalidation of this process: the next answers are to outlive it. */
  forget(): void {
    this.#known.clear();
  }

  #put(owner: Scope, ticket: AnswerTicket, version: number | null): void {
    if (this.#known.size >= ownersMax && !this.#known.has(owner)) this.#known.clear();
    this.#known.set(owner, { ticket, atUs: this.#clock.monotonicUs(), version });
  }
}
