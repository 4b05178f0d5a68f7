/** What a book of hundreds of models would mostly reckon in vain, reckoned when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let held: { readonly value: T } | null = null;
  return () => {
    held ??= { value: make() };
    return held.value;
  };
}
