const enter = ['\r', '\n', '\u0004'];
const erase = ['\u007f', '\b'];
const interrupt = '\u0003';

/** Reads a line that is not shown. Ctrl-C ends the command as it does anywhere else. */
export async function askHidden(question: string): Promise<string> {
  const { stdin } = process;
  process.stderr.write(`${question} `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8').resume();
  try {
    return await new Promise((resolve) => {
      let line = '';
      const onData = (typed: string) => {
        const characters = [...typed];
        for (const [i, character] of characters.entries()) {
          if (character === interrupt) process.kill(process.pid, 'SIGINT');
          else if (erase.includes(character)) line = [...line].slice(0, -1).join('');
          else if (!enter.includes(character)) line += character;
          else {
            stdin.off('data', onData).pause();
            // What was typed ahead is the next question's.
            stdin.unshift(characters.slice(i + 1).join(''));
            return resolve(line);
          }
        }
      };
      stdin.on('data', onData);
    });
  } finally {
    stdin.setRawMode(false);
    process.stderr.write('\n');
  }
}
