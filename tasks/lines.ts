import { StringDecoder } from 'node:string_decoder';

/** letters of a line that is logged; the rest of a longer one is left out */
const longestLine = 8_192;

/** cuts what a program writes into lines, in bounded memory */
export function lineCutter(onLine: (text: string) => void) {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  let isCut = false;
  function take(text: string): void {
    if (begun.length < longestLine) begun += text.slice(0, longestLine - begun.length);
    isCut ||= text.length > 0 && begun.length >= longestLine;
  }
  function end(): void {
    const text = begun.replace(/\r$/, '');
    if (text.trim()) onLine(isCut ? `${text} ...` : text);
    begun = '';
    isCut = false;
  }
  return {
    add(chunk: Uint8Array): void {
      const [first = '', ...others] = decoder.write(Buffer.from(chunk)).split('\n');
      take(first);
      for (const piece of others) {
        end();
        take(piece);
      }
    },
    end(): void {
      take(decoder.end());
      end();
    },
  };
}
