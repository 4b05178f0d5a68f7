/** Bounds of the buckets: each an eighth above the one before, from 16 tokens to more than two million. */
const firstBound = 16;
const growth = 1.125;
const bucketCount = 101;
/** Models remembered; what comes after is not learnt. */
const modelsMax = 512;
/** Halving at this many answers lets the last few thousand decide. */
const answersMax = 4_096;
/** Answers that have to be seen before a quantile says anything: a hundred for 0.99. */
const answersMin = 20;

interface Histogram {
  readonly counts: Float64Array;
  total: number;
}

/**
 * How long the answers of each model are: a histogram of output tokens a model, in memory, 512 models of 808 bytes at most.
 * A quantile is the upper bound of its bucket, so it errs by an eighth upwards and never downwards.
 */
export class OutputSizes {
  readonly #models = new Map<string, Histogram>();

  /** Counts one answer of `tokens` output tokens, hidden reasoning included. */
  learn(model: string, tokens: number): void {
    let histogram = this.#models.get(model);
    if (histogram === undefined) {
      if (this.#models.size >= modelsMax) return;
      histogram = { counts: new Float64Array(bucketCount), total: 0 };
      this.#models.set(model, histogram);
    }
    const bucket = bucketOf(tokens);
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    if (++histogram.total >= answersMax) halve(histogram);
  }

  /** Tokens that a share `quantile` of the answers stayed within; null while too few were seen to say so. */
  quantile(model: string, quantile: number): number | null {
    const histogram = this.#models.get(model);
    if (histogram === undefined || quantile >= 1) return null;
    if (histogram.total < Math.max(answersMin, Math.min(1 / (1 - quantile), answersMax / 4))) return null;
    const wanted = quantile * histogram.total;
    let seen = 0;
    // Read for every call and budget: an iterator would cost ten times the sum.
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += histogram.counts[bucket] ?? 0;
      if (seen >= wanted) return boundOf(bucket);
    }
    return boundOf(bucketCount - 1);
  }
}

function bucketOf(tokens: number): number {
  if (tokens <= firstBound) return 0;
  let bucket = Math.ceil(Math.log(tokens / firstBound) / Math.log(growth));
  // The logarithm may be off by a hair at a bound.
  while (boundOf(bucket) < tokens) bucket++;
  return Math.min(bucket, bucketCount - 1);
}

function boundOf(bucket: number): number {
  return Math.ceil(firstBound * growth ** bucket);
}

function halve(histogram: Histogram): void {
  histogram.total = 0;
  for (const [bucket, count] of histogram.counts.entries()) {
    histogram.counts[bucket] = count / 2;
    histogram.total += count / 2;
  }
}
