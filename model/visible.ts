/** C0 but tab and newline, DEL, C1, and what turns the direction of text: a terminal obeys them */
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** text of unknown origin as it can be shown: control characters are written as JSON writes them, so JSON stays what it was */
export const visible = (text: string): string =>
  text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
