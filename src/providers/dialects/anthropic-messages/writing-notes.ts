/** Collects what the writing of a request leaves out or says in another way, each once. */
export class WritingNotes {
  readonly #dropped: Set<string> = new Set();
  readonly #approximated: Set<string> = new Set();

  get dropped(): readonly string[] {
    return [...this.#dropped];
  }

  get approximated(): readonly string[] {
    return [...this.#approximated];
  }

  leaveOut(what: string): void {
    this.#dropped.add(what);
  }

  approximate(what: string): void {
    this.#approximated.add(what);
  }
}
