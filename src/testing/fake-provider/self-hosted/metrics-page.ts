import { blockTokens, type InferenceEngine } from "./engine.ts";

/** Content type of the page: Prometheus text format. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * `GET /metrics` with vLLM's names (vllm/v1/metrics/loggers.py, 2025 to 2026): the gauges that schedulers read, the share of
 * the cache under its present and its former name, and the counters that tell how much was done.
 */
export function metricsPage(engine: InferenceEngine): string {
  const { limits, totals } = engine;
  const labels = `{engine="0",model_name="${limits.model}"}`;
  const queried = totals.promptTokens;
  const metric = (name: string, type: "gauge" | "counter", help: string, value: number): string => {
    // The Prometheus client puts `_total` behind the names of counters, and prints whole numbers as floats.
    const sample = type === "counter" ? `${name}_total` : name;
    const printed = Number.isInteger(value) ? `${value}.0` : String(value);
    return `# HELP ${sample} ${help}\n# TYPE ${sample} ${type}\n${sample}${labels} ${printed}\n`;
  };
  const blocks = Math.floor(limits.kvCacheTokens / blockTokens);
  return [
    metric("vllm:num_requests_running", "gauge", "Number of requests in model execution batches.", engine.running),
    metric("vllm:num_requests_waiting", "gauge", "Number of requests waiting to be processed.", engine.waiting),
    metric("vllm:kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.", engine.cacheUsage),
    metric("vllm:gpu_cache_usage_perc", "gauge", "GPU KV-cache usage. 1 means 100 percent usage.", engine.cacheUsage),
    metric("vllm:prefix_cache_queries", "counter", "Prefix cache queries, in tokens.", queried),
    metric("vllm:prefix_cache_hits", "counter", "Prefix cache hits, in tokens.", totals.cachedTokens),
    metric("vllm:num_preemptions", "counter", "Cumulative number of preemption from the engine.", 0),
    metric("vllm:prompt_tokens", "counter", "Number of prefill tokens processed.", totals.promptTokens),
    metric("vllm:generation_tokens", "counter", "Number of generation tokens processed.", totals.generatedTokens),
    `# HELP vllm:cache_config_info Information of the LLMEngine CacheConfig\n# TYPE vllm:cache_config_info gauge\nvllm:cache_config_info{block_size="${blockTokens}",engine="0",num_gpu_blocks="${blocks}"} 1.0\n`,
  ].join("");
}
