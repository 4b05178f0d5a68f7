/** What a message costs beside its words, and what every prompt does (OpenAI cookbook, "How to count tokens with tiktoken"). */
export const tokensPerMessage = 3;
/** See {@link tokensPerMessage}. */
export const tokensPerPrompt = 3;
/** An image at `detail: low` (OpenAI "Images and vision", gpt-4o). */
export const lowImageTokens = 85;
/** An image of four tiles, from the same page. */
export const imageTokens = 765;
/** Our own flat rate for audio and file parts; the vendors count their contents. */
export const otherPartTokens = 200;
