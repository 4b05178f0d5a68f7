import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin, type UserConfig } from "vite";

/** Puts a Brotli twin beside each text file: the gateway serves from memory and compresses nothing itself. */
function precompress(): Plugin {
  let folder = "";
  return {
    name: "farthing-precompress",
    apply: "build",
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(?:html|js|css|svg)$/.test(name)) continue;
        const file = join(folder, name);
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
      }
    },
  };
}

const config: UserConfig = defineConfig({
  plugins: [svelte(), precompress()],
  build: {
    target: "es2023",
    // What is inlined or injected into the page would not pass its content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

export default config;
