import type { AnswerSelector, AnswerStore, AnswerTicket, StoredAnswer } from "../../src/spec/answer-store.ts";
import type { CacheScope } from "../../src/spec/cache-scope.ts";
import type { Random } from "../../src/spec/clock.ts";
import { MapAnswerStore } from "../../src/testing/map-answer-store.ts";
import { sampleAnswer, sampleScope } from "../../src/testing/sample-answer.ts";

/** A store under test, as its processes see it: each a face of one store that may be begun anew. */
export interface FreshnessSubject {
  /** One process or several that share what is kept. */
  readonly faces: readonly AnswerStore[];
  /** Ends one process and starts it again. @returns true when nothing that was kept is left, so that the model forgets too. */
  restart(face: number): Promise<boolean>;
}

/** What a schedule showed. */
export interface ScheduleSums {
  lookups: number;
  hits: number;
  modelHits: number;
  /** Answers served at or after their end. */
  servedAfterEnd: number;
  /** Answers served after one of their tags, or they themselves, were forgotten. */
  servedAfterForgetting: number;
  /** Answers served to another place than they were stored for. */
  servedElsewhere: number;
}

/** @returns sums that nothing was added to. */
export function emptySums(): ScheduleSums {
  return { lookups: 0, hits: 0, modelHits: 0, servedAfterEnd: 0, servedAfterForgetting: 0, servedElsewhere: 0 };
}

interface Written {
  readonly scope: CacheScope;
  readonly key: string;
  readonly answer: StoredAnswer;
  /** Count of happenings when its lookup was made. */
  readonly lookedUpAt: number;
}

interface Pending extends Written {
  readonly face: number;
  readonly ticket: AnswerTicket;
  readonly modelTicket: AnswerTicket;
}

/** Everything that was forgotten, in order. */
interface Forgotten {
  readonly at: number;
  readonly selector: AnswerSelector;
}

const stepsPerSchedule = 60;
const keys = 3;
const tags = 5;
const partitions = 2;

/**
 * Runs one random schedule of lookups, answers that are written some time after their lookup, invalidations, purges,
 * restarts and time going by. What is served is judged by the list of all that happened, not by any store; a map that
 * forgets only what it must says how often it could have been.
 */
export class CacheSchedule {
  readonly #random: Random;
  readonly #subject: FreshnessSubject;
  readonly #sums: ScheduleSums;
  readonly #owners: readonly string[];
  #model = new MapAnswerStore();
  #nowMs: number;
  #happenings = 0;
  #pending: Pending[] = [];
  readonly #written = new Map<bigint, Written>();
  readonly #forgotten: Forgotten[] = [];

  /** @param owners names that no schedule before used in this subject. */
  constructor(random: Random, subject: FreshnessSubject, owners: readonly string[], nowMs: number, sums: ScheduleSums) {
    this.#random = random;
    this.#subject = subject;
    this.#owners = owners;
    this.#nowMs = nowMs;
    this.#sums = sums;
  }

  /** @returns the time at its end. */
  async run(): Promise<number> {
    for (let step = 0; step < stepsPerSchedule; step++) {
      this.#happenings++;
      const choice = this.#random();
      if (choice < 0.55) await this.#lookUp();
      else if (choice < 0.8) await this.#write();
      else if (choice < 0.88) await this.#invalidate();
      else if (choice < 0.92) await this.#purge();
      else if (choice < 0.97) this.#nowMs += Math.floor(this.#random() * 4_000);
      else await this.#restart();
    }
    return this.#nowMs;
  }

  async #lookUp(): Promise<void> {
    const [scope, key, face] = [this.#scope(), this.#key(), this.#below(this.#subject.faces.length)];
    const { answer, ticket } = await this.#face(face).get(scope, key, this.#nowMs);
    const modelled = this.#model.get(scope, key, this.#nowMs);
    this.#sums.lookups++;
    if (modelled.answer !== null) this.#sums.modelHits++;
    if (answer !== null) this.#judge(scope, key, answer);
    else if (ticket !== null && modelled.ticket !== null) this.#prepare(scope, key, face, ticket, modelled.ticket);
  }

  /** The answer that is bought now, and stored later. */
  #prepare(scope: CacheScope, key: string, face: number, ticket: AnswerTicket, modelTicket: AnswerTicket): void {
    const boughtBy = BigInt(this.#happenings);
    const freshUntilMs = this.#nowMs + this.#below(6_000);
    const answer = sampleAnswer({
      boughtBy,
      storedAtMs: this.#nowMs,
      freshUntilMs,
      endsAtMs: freshUntilMs + this.#below(3_000),
      tags: Array.from({ length: this.#below(3) }, () => this.#tag()),
    });
    this.#pending.push({ scope, key, answer, lookedUpAt: this.#happenings, face, ticket, modelTicket });
  }

  async #write(): Promise<void> {
    const [entry] = this.#pending.splice(this.#below(this.#pending.length), 1);
    if (entry === undefined) return;
    const { scope, key, answer, face, ticket, modelTicket } = entry;
    this.#written.set(answer.boughtBy, entry);
    await this.#face(face).set(scope, key, answer, ticket, this.#nowMs);
    this.#model.set(scope, key, answer, modelTicket, this.#nowMs);
  }

  async #invalidate(): Promise<void> {
    const [{ owner }, tag] = [this.#scope(), this.#tag()];
    this.#forgotten.push({ at: this.#happenings, selector: { owner, tag } });
    await this.#face().invalidate(owner, tag, this.#nowMs);
    this.#model.invalidate(owner, tag, this.#nowMs);
  }

  async #purge(): Promise<void> {
    const { owner } = this.#scope();
    const selectors: readonly AnswerSelector[] = [{ owner }, { owner, tag: this.#tag() }, { owner, key: this.#key() }];
    const selector = selectors[this.#below(selectors.length)] ?? {};
    this.#forgotten.push({ at: this.#happenings, selector });
    await this.#face().purge(selector, this.#nowMs);
    this.#model.purge(selector, this.#nowMs);
  }

  async #restart(): Promise<void> {
    const face = this.#below(this.#subject.faces.length);
    if (await this.#subject.restart(face)) this.#model = new MapAnswerStore();
    // What a process was about to store goes with it.
    this.#pending = this.#pending.filter((entry) => entry.face !== face);
  }

  #judge(scope: CacheScope, key: string, answer: StoredAnswer): void {
    this.#sums.hits++;
    const written = this.#written.get(answer.boughtBy);
    if (written === undefined || written.key !== key || written.scope.owner !== scope.owner)
      return this.#countElsewhere();
    if (written.scope.partition !== scope.partition) return this.#countElsewhere();
    if (this.#nowMs >= written.answer.endsAtMs) this.#sums.servedAfterEnd++;
    const isForgotten = this.#forgotten.some(
      ({ at, selector }) => at > written.lookedUpAt && isMeant(written, selector),
    );
    if (isForgotten) this.#sums.servedAfterForgetting++;
  }

  #countElsewhere(): void {
    this.#sums.servedElsewhere++;
  }

  #face(face: number = this.#below(this.#subject.faces.length)): AnswerStore {
    const store = this.#subject.faces[face];
    if (store === undefined) throw new RangeError(`no process ${face}`);
    return store;
  }

  #scope(): CacheScope {
    const owner = this.#owners[this.#below(this.#owners.length)] ?? "";
    return sampleScope(owner, `${owner}-${this.#below(partitions)}`);
  }

  #key(): string {
    return `key-${this.#below(keys)}`;
  }

  #tag(): string {
    return `tag:${this.#below(tags)}`;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

function isMeant({ scope, key, answer }: Written, selector: AnswerSelector): boolean {
  if (selector.owner !== undefined && selector.owner !== scope.owner) return false;
  if (selector.key !== undefined && selector.key !== key) return false;
  return selector.tag === undefined || answer.tags.includes(selector.tag);
}
