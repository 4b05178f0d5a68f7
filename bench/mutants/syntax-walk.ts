import { parseSync } from "oxc-parser";

/** A node of the ESTree form, as far as the operators look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Fields that hold no code that runs: types, and the specifiers of imports. */
const typeFields: ReadonlySet<string> = new Set([
  "typeAnnotation",
  "returnType",
  "typeArguments",
  "typeParameters",
  "superTypeArguments",
  "implements",
  "source",
  "specifiers",
  "attributes",
]);

/**
 * Calls `visit` for every node of a TypeScript file that runs, outermost first. Throws an Error that names the file when it does
 * not parse.
 */
export function walkSyntax(
  file: string,
  code: string,
  visit: (node: SyntaxNode, parent: SyntaxNode | null) => void,
): void {
  const parsed = parseSync(file, code);
  if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0]?.message ?? "does not parse"}`);
  walk(parsed.program as unknown as SyntaxNode, null, visit);
}

function walk(
  node: SyntaxNode,
  parent: SyntaxNode | null,
  visit: (node: SyntaxNode, parent: SyntaxNode | null) => void,
): void {
  // Type declarations do not run; casts do, in their expression.
  const isCast =
    node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSNonNullExpression";
  if (node.type.startsWith("TS") && !isCast) return;
  visit(node, parent);
  for (const [field, value] of Object.entries(node)) {
    if (typeFields.has(field)) continue;
    for (const child of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (isNode(child)) walk(child, node, visit);
    }
  }
}

/** True for a value that is a node of the tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
