/** Version 4 of the schema: what calls were good for. */
export const outcomeTables: readonly string[] = [];
