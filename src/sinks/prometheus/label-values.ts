/** What a value becomes that is not worth a series of its own. */
export const otherLabel = "other";

/** Values that one label may take, bounded: what comes after the cap is counted as `other`, so that nobody can fill the memory. */
export interface LabelValues {
  /** The value itself where it has, or may still get, a series of its own; else `other`. */
  admit(value: string): string;
  /** The value where it was admitted before; else `other`. Never takes a place. */
  known(value: string): string;
  /** Times that the cap turned a value into `other`. */
  readonly overflows: number;
}

/** At most `valuesMax` values (Prometheus servers suffer from more long before we do). */
export function createLabelValues(valuesMax: number): LabelValues {
  const values = new Set<string>();
  let overflows = 0;
  return {
    admit: (value) => {
      if (values.has(value)) return value;
      if (values.size >= valuesMax) {
        overflows++;
        return otherLabel;
      }
      values.add(value);
      return value;
    },
    known: (value) => (values.has(value) ? value : otherLabel),
    get overflows() {
      return overflows;
    },
  };
}
