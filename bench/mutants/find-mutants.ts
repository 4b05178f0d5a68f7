import type { Mutant, Operator } from "./mutant.ts";
import { isNode, walkSyntax, type SyntaxNode } from "./syntax-walk.ts";

const arithmetic: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*" };
const assignment: Readonly<Record<string, string>> = { "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=" };
const comparison: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
};
const logical: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" };
/** Each class of tokens gives way to one that has another price nearly everywhere. */
const classes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    input: "output",
    output: "input",
    cacheRead: "input",
    cacheWrite5m: "cacheWrite1h",
    cacheWrite30m: "cacheWrite5m",
    cacheWrite1h: "cacheWrite5m",
    cacheWriteLonger: "cacheWrite1h",
    reasoning: "input",
    audioInput: "input",
    audioOutput: "output",
    imageInput: "output",
  }),
);

/** Every mutant of a file, in the order of its text. */
export function findMutants(file: string, code: string): readonly Mutant[] {
  const lineStarts = [0];
  for (let at = code.indexOf("\n"); at >= 0; at = code.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  const found: Mutant[] = [];
  const add = (operator: Operator, { start, end }: Pick<SyntaxNode, "start" | "end">, text: string): void => {
    const line = lineStarts.filter((lineStart) => lineStart <= start).length;
    const whole = code.slice(lineStarts[line - 1], lineStarts[line]).trim();
    found.push({ file, line, code: whole, operator, start, end, original: code.slice(start, end), text });
  };
  walkSyntax(file, code, (node, parent) => mutateNode(node, parent, code, add));
  return found.toSorted((one, other) => one.start - other.start);
}

type Add = (operator: Operator, place: Pick<SyntaxNode, "start" | "end">, text: string) => void;

function mutateNode(node: SyntaxNode, parent: SyntaxNode | null, code: string, add: Add): void {
  if (node.type === "BinaryExpression") mutateBinary(node, code, add);
  else if (node.type === "LogicalExpression") {
    const other = logical[String(node["operator"])];
    if (other !== undefined) replaceOperator(node, code, other, "condition", add);
  } else if (node.type === "AssignmentExpression") mutateAssignment(node, code, add);
  else if (node.type === "IfStatement" || node.type === "ConditionalExpression" || node.type === "WhileStatement") {
    const test = node["test"] as SyntaxNode;
    if (test.type !== "BinaryExpression") add("condition", test, `!(${code.slice(test.start, test.end)})`);
  } else if (node.type === "Literal") mutateLiteral(node, parent, code, add);
  else if (node.type === "Identifier") mutateName(node, parent, add);
}

function mutateBinary(node: SyntaxNode, code: string, add: Add): void {
  const operator = String(node["operator"]);
  const left = node["left"] as SyntaxNode;
  const right = node["right"] as SyntaxNode;
  for (const other of comparison[operator] ?? []) replaceOperator(node, code, other, "comparison", add);
  const other = arithmetic[operator];
  if (other === undefined || isText(left) || isText(right)) return;
  replaceOperator(node, code, other, "arithmetic", add);
  if (operator !== "+" && operator !== "-") return;
  add("dropped-term", node, `(${code.slice(left.start, left.end)})`);
  if (operator === "+") add("dropped-term", node, `(${code.slice(right.start, right.end)})`);
}

function mutateAssignment(node: SyntaxNode, code: string, add: Add): void {
  const other = assignment[String(node["operator"])];
  if (other === undefined || isText(node["right"] as SyntaxNode)) return;
  replaceOperator(node, code, other, "arithmetic", add);
  const left = node["left"] as SyntaxNode;
  add("dropped-term", node, `void ${code.slice(left.start, left.end)}`);
}

function mutateLiteral(node: SyntaxNode, parent: SyntaxNode | null, code: string, add: Add): void {
  const value = node["value"];
  if (typeof value === "boolean") add("flipped-flag", node, String(!value));
  else if (typeof value === "number") add("off-by-one", node, `(${code.slice(node.start, node.end)} + 1)`);
  else if (typeof value === "bigint") add("off-by-one", node, `(${code.slice(node.start, node.end)} + 1n)`);
  else if (typeof value === "string") {
    const other = classes.get(value);
    // As a key of an object it would be written twice there, which is another mistake.
    const isKey = parent?.type === "Property" && parent["key"] === node;
    if (other !== undefined && !isKey) add("swapped-class", node, JSON.stringify(other));
  }
}

/** `tokens.input` reads another class; `{ input: ... }` writes one. */
function mutateName(node: SyntaxNode, parent: SyntaxNode | null, add: Add): void {
  const other = classes.get(String(node["name"]));
  if (other === undefined || parent?.type !== "MemberExpression" || parent["property"] !== node) return;
  if (parent["computed"] !== true) add("swapped-class", node, other);
}

function replaceOperator(node: SyntaxNode, code: string, other: string, operator: Operator, add: Add): void {
  const left = code.slice((node["left"] as SyntaxNode).start, (node["left"] as SyntaxNode).end);
  const right = code.slice((node["right"] as SyntaxNode).start, (node["right"] as SyntaxNode).end);
  const isAssignment = node.type === "AssignmentExpression";
  add(operator, node, isAssignment ? `${left} ${other} (${right})` : `((${left}) ${other} (${right}))`);
}

function isText(node: SyntaxNode): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "Literal") return typeof node["value"] === "string";
  const { left, right } = node as { left?: unknown; right?: unknown };
  return node.type === "BinaryExpression" && ((isNode(left) && isText(left)) || (isNode(right) && isText(right)));
}
