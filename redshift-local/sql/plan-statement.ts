import { literal } from './literal.js';
import { fullName } from './long-names.js';
import type { Parameter } from './parameters.js';
import type { Plan } from './plan.js';
import { catalogOf, type AskedCatalog, type Catalog } from './query/scope.js';
import { Refusal } from './refusal.js';
import { rules } from './rules.js';
import { namesIn, outline, type Said, type Token } from './tokens.js';

export interface Planned extends Plan {
  rule: string;
  /** words as they are, literals and names blanked */
  outline: string;
  /** every name it says, for what may lie behind them */
  names: Said[];
  /** what it must know of the database before it runs, and the plan then */
  asked?: Asked;
}

interface Asked {
  tables: Said[];
  again: (catalog: AskedCatalog) => Planned;
}

/** one statement in, what PostgreSQL runs out, or a Refusal naming the rule */
export function planStatement(
  tokens: Token[],
  parameters: Parameter[],
  isBatch: boolean,
  isBegun = false,
  catalog = catalogOf(),
): Planned {
  const planned = planWith(asWritten(tokens, catalog), parameters, isBatch, isBegun, catalog);
  if (catalog.asked.size === 0 && !catalog.isSettingAsked()) return planned;
  const again = (known: AskedCatalog) => planStatement(tokens, parameters, isBatch, isBegun, known);
  return { ...planned, asked: { tables: [...catalog.asked.values()], again } };
}

/** quoted names keep their case where the session says so */
function asWritten(tokens: Token[], catalog: Catalog): Token[] {
  const isOther = tokens.some(({ kind, written }) => kind === 'quoted' && written !== undefined);
  if (!isOther || !catalog.setting('enable_case_sensitive_identifier')) return tokens;
  return tokens.map((token) =>
    token.kind === 'quoted' && token.written !== undefined
      ? { kind: token.kind, text: token.written, space: token.space }
      : token,
  );
}

/** long names of what a statement makes, noted for the catalog and for later sessions */
function keptNames(names: Said[]): string[] {
  const long = new Set(names.map(({ name }) => name).filter((name) => fullName(name) !== name));
  const kept = [...long].map(
    (name) => `redshift_catalog.rs_local_keep_name(${literal(name)}, ${literal(fullName(name))})`,
  );
  return kept.length === 0 ? [] : [`select ${kept.join(', ')}`];
}

function planWith(
  tokens: Token[],
  parameters: Parameter[],
  isBatch: boolean,
  isBegun: boolean,
  catalog: Catalog,
): Planned {
  const text = outline(tokens);
  const rule = rules.find(({ pattern }) => pattern.test(text));
  if (!rule)
    throw new Refusal(
      'no rule',
      `syntax error at or near "${tokens[0]?.text ?? ''}": no rule recognises this statement`,
    );
  if (!rule.plan) throw new Refusal(rule.name, rule.reason ?? 'refused');
  const made = rule.plan({
    tokens,
    parameters,
    isBatch,
    isBegun,
    catalog,
    planInner: (inner) => planWith(inner, [], true, false, catalog),
  });
  const names = namesIn(tokens);
  const kept = made.kind === 'ddl' ? keptNames(names) : [];
  const before = [...kept, ...(made.before ?? [])];
  return { ...made, before, rule: rule.name, outline: text, names: [...(made.names ?? []), ...names] };
}
