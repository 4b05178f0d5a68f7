/** Until when each target of one request asked to be left alone. Targets go by their place in the request's list. */
export class ProviderRests {
  readonly #untilUs: (number | undefined)[] = [];

  /** @param hintMs the target's wish; null when it answered without one. @param nowUs monotonic microseconds. */
  note(place: number, hintMs: number | null, nowUs: number): void {
    this.#untilUs[place] = hintMs === null ? undefined : nowUs + hintMs * 1_000;
  }

  /** What is left of a target's wish, milliseconds; null when it had none or its time is up. */
  leftMs(place: number, nowUs: number): number | null {
    const untilUs = this.#untilUs[place];
    return untilUs === undefined || untilUs <= nowUs ? null : (untilUs - nowUs) / 1_000;
  }
}
