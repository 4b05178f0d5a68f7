/** A double of a store that can be told to keep everybody waiting. */
export class Holdable {
  #held: (() => void)[] | null = null;

  /** From now on whoever waits for the store waits for {@link release}. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const resolve of held) resolve();
  }

  /** Calls `resolve` at once, or when those who wait are let go. */
  protected whenReleased(resolve: () => void): void {
    if (this.#held === null) resolve();
    else this.#held.push(resolve);
  }
}
