import { environment, type names } from './templates.js';

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string[];
  /** as text: intrinsic functions are written as JSON */
  Resource: string[];
  Condition?: Record<string, Record<string, unknown>>;
  Principal?: unknown;
  stack: string;
  /** logical id of the resource that holds it */
  holder: string;
  type: string;
  metadata: Record<string, unknown>;
}

interface Document {
  Statement: Record<string, unknown>[];
}

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
export const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** every policy statement of an environment: of roles, buckets, keys, topics, whatever holds one */
export function statements(name: (typeof names)[number]): Statement[] {
  return Object.entries(environment(name).stacks).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([holder, { Type, Properties = {}, Metadata = {} }]) =>
      documents(Properties).flatMap(({ Statement }) =>
        list(Statement).map((one) => {
          const { Sid, Effect, Action, Resource, Condition, Principal } = one as Record<string, unknown>;
          return {
            ...(typeof Sid === 'string' && { Sid }),
            Effect: Effect as 'Allow' | 'Deny',
            Action: list(Action).map(text),
            Resource: list(Resource).map(text),
            ...(Condition !== undefined && { Condition: Condition as Record<string, Record<string, unknown>> }),
            Principal,
            stack,
            holder,
            type: Type,
            metadata: Metadata,
          };
        }),
      ),
    ),
  );
}

/** anything with a `Statement`, however deep */
function documents(value: unknown): Document[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && Array.isArray(value.Statement)) return [value as Document];
  return Object.values(value).flatMap(documents);
}

/** statements of the policies of one role, by a part of its logical id */
export function of(name: (typeof names)[number], stack: string, holder: string): Statement[] {
  return statements(name).filter((one) => one.stack === stack && one.holder.startsWith(holder));
}
