import * as z from "zod";
import { configSchema } from "./config-schema.ts";

/** JSON Schema (draft 2020-12) of `farthing.yaml`, for editors; made from the schema that checks the file. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "farthing.yaml", description: "Config of the Farthing gateway." };
}
