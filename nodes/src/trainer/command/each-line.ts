import type { Readable } from 'node:stream';

/** Characters of a line that are kept: a command may print without ever ending one. */
const longest = 1_000;
/** Lines a second that are heard; the others are counted. */
const most = 100;

/** Hears the lines of a stream until it ends, each cut to a length, and of a flood the first of each second. */
export function eachLine(stream: Readable, hear: (line: string) => void): Promise<void> {
  let line = '';
  let [second, heard, left] = [0, 0, 0];
  const say = (text: string) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      if (left > 0) hear(`… ${left} more lines`);
      [second, heard, left] = [now, 0, 0];
    }
    if (++heard <= most) hear(text);
    else left++;
  };
  const take = (text: string) => {
    // A bar of progress is drawn over itself: each state of it is a line.
    const parts = text.split(/\r\n|\n|\r/);
    for (const [i, part] of parts.entries()) {
      line = (line + part).slice(0, longest);
      if (i === parts.length - 1) break;
      if (line.trim() !== '') say(line);
      line = '';
    }
  };
  stream.setEncoding('utf8').on('data', take);
  return new Promise((resolve) => {
    stream.once('close', () => {
      if (line.trim() !== '') say(line);
      if (left > 0) hear(`… ${left} more lines`);
      resolve();
    });
  });
}
