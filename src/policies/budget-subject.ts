import { type Budget, type Subject, type SubjectName, subjectNames } from "../spec/budget.ts";
import type { Caller } from "../spec/caller.ts";

/**
 * Whom a call of `model` counts against. Key, org and project are the local key's own; team, user and feature are the caller's
 * word, unless its key pins them.
 */
export function subjectOf(caller: Pick<Caller, "keyId" | "org" | "project" | "claims">, model: string): Subject {
  const { keyId, org, project, claims } = caller;
  const subject: Partial<Record<SubjectName, string>> = { key: keyId };
  if (model !== "") subject.model = model;
  if (org !== undefined) subject.org = org;
  if (project !== undefined) subject.project = project;
  if (claims.team !== undefined) subject.team = claims.team;
  if (claims.user !== undefined) subject.user = claims.user;
  if (claims.feature !== undefined) subject.feature = claims.feature;
  return subject;
}

/** Whether a budget counts what `subject` spends: each of its names is there, with the same value unless it is `*`. */
export function countsFor({ subject: wanted }: Budget, subject: Subject): boolean {
  for (const name of subjectNames) {
    const value = wanted[name];
    if (value === undefined || value === subject[name]) continue;
    if (value !== "*" || subject[name] === undefined) return false;
  }
  return true;
}
