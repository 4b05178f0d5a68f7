/**
 * Where the file of a thread lies: beside its starter, as source where that is source, compiled where that is compiled.
 * @param here the starter's `import.meta.url`.
 * @param name the file's name without its ending.
 */
export function workerUrl(here: string, name: string): URL {
  return new URL(`./${name}.${here.endsWith(".ts") ? "ts" : "js"}`, here);
}
