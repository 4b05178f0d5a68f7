// Read by the Vite plugin and by svelte-check. TypeScript in components needs no preprocessor: its types are only taken away.
export default { compilerOptions: { runes: true } };
