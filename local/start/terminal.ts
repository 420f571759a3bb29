export interface Screen {
  /** a line of the result, on stdout */
  print(line: string): void;
  /** a line about the work, on stderr */
  say(line: string): void;
  /** what goes on right now: redrawn on a terminal, otherwise a plain line at most once a second */
  progress(line: string): void;
}

const clear = '\r\u001b[2K';

export function screen(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  own: Record<string, string | undefined>,
): Screen {
  // a terminal that closes takes its streams with it; the services still have to be stopped
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const hasColours = stdout.isTTY && !own['NO_COLOR'];
  let drawn = false;
  let lastPlain = 0;
  const wipe = () => {
    if (drawn) stderr.write(clear);
    drawn = false;
  };
  return {
    print(line) {
      wipe();
      stdout.write(
        `${hasColours ? line.replace(/^(waterclock|stack|main job|Web UI|Next)/, '\u001b[1m$1\u001b[22m') : line}\n`,
      );
    },
    say(line) {
      wipe();
      stderr.write(`${line}\n`);
    },
    progress(line) {
      if (stderr.isTTY) {
        stderr.write(`${clear}${line.slice(0, (stderr.columns ?? 80) - 1)}`);
        drawn = true;
      } else if (Date.now() - lastPlain >= 1000) {
        lastPlain = Date.now();
        stderr.write(`${line}\n`);
      }
    },
  };
}
