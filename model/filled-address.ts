/** values in an address, each within its place: none of them leads to another path or host. Throws a reason of `refuse` */
export function filledAddress(
  template: string,
  placeholder: RegExp,
  valueOf: (name: string) => string | number | boolean | undefined,
  refuse: (why: string) => Error,
): string {
  const filled = template.replace(placeholder, (whole, name: string | undefined) => {
    const text = String(valueOf(name ?? '') ?? '');
    if (text === '') throw refuse(`${whole} of ${template} is empty`);
    return encodeURIComponent(text);
  });
  const [path = ''] = filled.split(/[?#]/);
  // an address takes these for steps up its path, escaped or not
  if (path.split('/').some((step) => step === '.' || step === '..'))
    throw refuse(`a value of ${template} is '.' or '..', which leads to another path`);
  if (!URL.canParse(filled.replace(/\{[^{}]*\}/g, '1'))) throw refuse(`${template} is not an address with its values`);
  return filled;
}

/** names of placeholders that say to which host an address leads: what follows them has no fixed end, as `.example.com` is one */
export function hostChoosers(url: string): string[] {
  const [, host = ''] = /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url) ?? [];
  const end = /\}([^{}]*)$/.exec(host)?.[1];
  const isFixed = end === undefined || /^[^{}]*\.[a-z0-9-]+\.[a-z][a-z0-9-]*(?::\d+)?$/i.test(end);
  return isFixed ? [] : Array.from(host.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name);
}
