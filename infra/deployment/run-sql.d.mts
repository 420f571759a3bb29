/** a custom resource's function: answers CloudFormation by itself, and never throws */
export function handler(event: unknown): Promise<void>;
