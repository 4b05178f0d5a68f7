/** Longest prompt and answer together of a server's own model. */
const contextTokens = 32_768;

/** `GET /v1/models` of a server of one's own: the one model that it loaded, in vLLM's shape (ModelCard, 2026). */
export function ownModelList(name: string, nowMs: number): string {
  const created = Math.floor(nowMs / 1_000);
  const card = { id: name, object: "model", created, owned_by: "vllm", root: name, parent: null };
  return JSON.stringify({ object: "list", data: [{ ...card, max_model_len: contextTokens, permission: [] }] });
}
