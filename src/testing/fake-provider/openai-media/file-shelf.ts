import { idText } from "../id-text.ts";
import { missingParameter, openaiError } from "../openai/errors.ts";
import type { CallSetting, Refusal } from "../prepared-reply.ts";
import type { MultipartForm } from "../multipart.ts";

/** Files that one fake provider remembers, without their bytes; the oldest go first. */
const filesMax = 10_000;

const purposes: ReadonlySet<string> = new Set(["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]);

/** A `file` object (platform.openai.com/docs/api-reference/files/object). */
interface FileObject {
  readonly object: "file";
  readonly id: string;
  readonly purpose: string;
  readonly filename: string;
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly status: "processed";
  readonly status_details: null;
}

/** What was uploaded, by owner and id. The bytes are counted and forgotten. */
export class FileShelf {
  readonly #files = new Map<string, FileObject>();

  /** `POST /v1/files`. */
  upload(form: MultipartForm, setting: CallSetting): Refusal | string {
    const purpose = form.fields.get("purpose");
    if (purpose === undefined) return missingParameter("purpose");
    if (!purposes.has(purpose)) {
      const message = `'${purpose}' is not one of [${[...purposes].map((name) => `'${name}'`).join(", ")}] - 'purpose'`;
      return openaiError(400, message, "invalid_request_error", "purpose");
    }
    const file = form.files.get("file");
    if (file === undefined) return missingParameter("file");
    const object: FileObject = {
      object: "file",
      id: idText("file-", 22, setting.seed, setting.number),
      purpose,
      filename: file.filename,
      bytes: file.bytes.length,
      created_at: Math.floor(setting.nowMs / 1_000),
      expires_at: null,
      status: "processed",
      status_details: null,
    };
    this.#files.set(`${setting.owner} ${object.id}`, object);
    const oldest = this.#files.size > filesMax ? this.#files.keys().next() : null;
    if (oldest !== null && !oldest.done) this.#files.delete(oldest.value);
    return JSON.stringify(object);
  }

  /** `GET /v1/files`, newest first. */
  list(owner: string): string {
    const data = [...this.#files]
      .filter(([key]) => key.startsWith(`${owner} `))
      .map(([, file]) => file)
      .toReversed();
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    return JSON.stringify({ object: "list", data, has_more: false, ...ends });
  }

  /** `GET /v1/files/{id}`. */
  read(owner: string, id: string): Refusal | string {
    const file = this.#files.get(`${owner} ${id}`);
    return file === undefined ? noSuchFile(id) : JSON.stringify(file);
  }

  /** `DELETE /v1/files/{id}`. */
  remove(owner: string, id: string): Refusal | string {
    const was = this.#files.delete(`${owner} ${id}`);
    return was ? JSON.stringify({ object: "file", deleted: true, id }) : noSuchFile(id);
  }
}

function noSuchFile(id: string): Refusal {
  return openaiError(404, `No such File object: ${id}`, "invalid_request_error", "id");
}
