import type { House } from "./house-rules.ts";

/** What `.oxlintrc.json` must hold under `overrides`: generated from the table of rooms, so that editor and check agree. */
export function lintOverrides(house: House): readonly object[] {
  const pure = Object.entries(house.rooms)
    .filter(([, room]) => room.kind === "pure" || room.kind === "words")
    .map(([name]) => `src/${name}/**/*.ts`);
  const notTests = ["**/*.test.ts", "**/test-*.ts", "src/testing/**"];
  return [
    {
      // Global fetch costs 5.5 times the CPU of undici's dispatch and follows redirects with the key.
      files: ["src/**/*.ts"],
      excludeFiles: notTests,
      rules: {
        "no-restricted-globals": ["error", "fetch"],
        "max-lines-per-function": ["error", { max: house.functionLinesMax, skipBlankLines: true, skipComments: true }],
      },
    },
    {
      files: pure,
      excludeFiles: notTests,
      rules: {
        "no-restricted-globals": ["error", ...house.bannedGlobals],
        "no-restricted-properties": ["error", ...house.bannedMembers],
      },
    },
  ];
}
