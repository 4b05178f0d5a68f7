/** A piece of a file: code about one kind of record. */
export interface CodeModule {
  readonly text: string;
  /** Functions in it that a question can be about. */
  readonly functions: readonly string[];
}
