import type { Parameter } from './parameters.js';
import type { Plan } from './plan.js';
import { Refusal } from './refusal.js';
import { rules } from './rules.js';
import { namesIn, outline, type Said, type Token } from './tokens.js';

export interface Planned extends Plan {
  rule: string;
  /** words as they are, literals and names blanked */
  outline: string;
  /** every name it says, for what may lie behind them */
  names: Said[];
}

/** one statement in, what PostgreSQL runs out, or a Refusal naming the rule */
export function planStatement(tokens: Token[], parameters: Parameter[], isBatch: boolean, isBegun = false): Planned {
  const text = outline(tokens);
  const rule = rules.find(({ pattern }) => pattern.test(text));
  if (!rule)
    throw new Refusal(
      'no rule',
      `syntax error at or near "${tokens[0]?.text ?? ''}": no rule recognises this statement`,
    );
  if (!rule.plan) throw new Refusal(rule.name, rule.reason ?? 'refused');
  const made = rule.plan({ tokens, parameters, isBatch, isBegun });
  return { ...made, rule: rule.name, outline: text, names: [...(made.names ?? []), ...namesIn(tokens)] };
}
