/** Oldest major version of Node that has everything Farthing uses; package.json says the same under `engines`. */
export const nodeMajorMin = 24;

/** What is wrong with a version of Node such as `22.4.0`; null when it will do. Plain syntax only: old versions parse this file. */
export function nodeProblem(version: string): string | null {
  if (Number(version.split(".")[0]) >= nodeMajorMin) return null;
  return `Farthing needs Node ${nodeMajorMin} or newer; this is Node ${version}. Install a newer one from https://nodejs.org and run the command again.`;
}
