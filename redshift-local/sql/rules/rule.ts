import type { Plan, Statement } from '../plan.js';

export interface Rule {
  name: string;
  /** against the statement's outline: lower-case words, literals blanked */
  pattern: RegExp;
  /** honour: as it stands; rewrite: in PostgreSQL's words; refuse: not in Redshift; missing: in Redshift, not here */
  action: 'honour' | 'rewrite' | 'refuse' | 'missing';
  example: string;
  /** why it is refused, and what to do instead */
  reason?: string;
  plan?: (statement: Statement) => Plan;
}

type Planner = (statement: Statement) => Plan;

export const honour = (name: string, pattern: RegExp, example: string, plan: Planner): Rule => ({
  name,
  pattern,
  action: 'honour',
  example,
  plan,
});

export const rewrite = (name: string, pattern: RegExp, example: string, plan: Planner): Rule => ({
  ...honour(name, pattern, example, plan),
  action: 'rewrite',
});

export const refuse = (name: string, pattern: RegExp, example: string, reason: string): Rule => ({
  name,
  pattern,
  action: 'refuse',
  example,
  reason,
});

export const missing = (name: string, pattern: RegExp, example: string, remedy: string): Rule => ({
  ...refuse(name, pattern, example, `not honoured here: ${remedy}`),
  action: 'missing',
});
