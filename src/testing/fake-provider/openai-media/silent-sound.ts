/** Samples a second of the PCM that this provider sends, 16 bits each, one channel: as OpenAI's `pcm` and `wav`. */
const samplesPerSecond = 24_000;

/** MIME types by `response_format` (platform.openai.com/docs/api-reference/audio/createSpeech). */
export const soundTypes: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/opus",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
};

/** One frame of silence, MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: 104 bytes that last 26 ms. */
function mp3Frame(): Buffer {
  const frame = Buffer.alloc(104);
  frame.set([0xff, 0xfb, 0x10, 0xc4]);
  return frame;
}

function wavHead(dataBytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + dataBytes, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(samplesPerSecond, 24);
  head.writeUInt32LE(samplesPerSecond * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(dataBytes, 40);
  return head;
}

/** Silence of a length. Formats other than `wav` and `pcm` come as frames of MP3, whatever they are called. */
export function silentSound(format: string, seconds: number): Buffer {
  if (format === "wav" || format === "pcm") {
    const samples = Buffer.alloc(seconds * samplesPerSecond * 2);
    return format === "pcm" ? samples : Buffer.concat([wavHead(samples.length), samples]);
  }
  return Buffer.concat(Array.from({ length: Math.ceil(seconds / 0.026) }, mp3Frame));
}
