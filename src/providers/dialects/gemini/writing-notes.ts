/** What a writing could not say, and what it said in another way. Each is told once. */
export class WritingNotes {
  readonly #dropped = new Set<string>();
  readonly #approximated = new Set<string>();

  get dropped(): readonly string[] {
    return [...this.#dropped];
  }

  get approximated(): readonly string[] {
    return [...this.#approximated];
  }

  drop(concept: string): void {
    this.#dropped.add(concept);
  }

  /** @param how what was written instead, e.g. `reasoning-effort as thinkingBudget` */
  approximate(how: string): void {
    this.#approximated.add(how);
  }
}
