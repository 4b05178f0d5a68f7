/** Version 3 of the schema: sums of the rows. */
export const rollUpTables: readonly string[] = [];
