/**
 * The known name that was probably meant, or null. Same letters in another case, a common beginning of four letters or
 * more, or at most a third of the letters mistyped.
 */
export function suggestName(written: string, known: readonly string[]): string | null {
  const lower = written.toLowerCase().replaceAll(/[-_]/g, "");
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const candidate = name.toLowerCase().replaceAll("-", "");
    if (candidate === lower) return name;
    const isBeginning =
      Math.min(lower.length, candidate.length) >= 4 && (candidate.startsWith(lower) || lower.startsWith(candidate));
    const distance = isBeginning ? 1 : editDistance(lower.slice(0, 64), candidate.slice(0, 64));
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance: insert, delete, replace, swap neighbours. Inputs are cut to 64 letters by the caller. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let distance = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
