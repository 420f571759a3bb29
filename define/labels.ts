const mostOwner = 64;
const mostTag = 40;
const mostTags = 20;

/** what is wrong with who a pipeline belongs to and what it is filed under */
export function labelProblems(owner: string | undefined, tags: string[]): string[] {
  const problems = tags
    .filter((tag) => tag.length > mostTag || !/^[a-z0-9][a-z0-9_.:-]*$/.test(tag))
    .map(
      (tag) =>
        `the tag '${tag}' does not fit: up to ${mostTag} lower-case letters, digits and _ . : - that begin with a letter or digit, as in 'finance'`,
    );
  if (owner !== undefined && (owner.length > mostOwner || !/^[\p{L}\p{N}@#][\p{L}\p{N} @#._+-]*$/u.test(owner))) {
    problems.push(
      `the owner '${owner}' does not fit: up to ${mostOwner} letters, digits, spaces and @ # . _ + - as in 'data-platform'`,
    );
  }
  if (tags.length > mostTags)
    problems.push(`${tags.length} tags are more than the ${mostTags} that a pipeline may have`);
  if (new Set(tags).size < tags.length) problems.push(`a tag is there twice (${tags.join(', ')})`);
  return problems;
}
