import { stdout } from 'node:process';

/** What people see of a local run: lines for what was done, and on a terminal one line that changes while something is done. */
export interface Terminal {
  line(text?: string): void;
  /** Runs `work` under a description; `say` replaces the description by what is done right now. */
  step<Result>(what: string, work: (say: (what: string) => void) => Promise<Result>): Promise<Result>;
  /** Says how something stands that changes often. */
  status(text: string): void;
}

const TICK_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function createTerminal(): Terminal {
  return stdout.isTTY ? interactive() : plain();
}

/** For logs and pipes: each thing is said once, when it begins. */
function plain(): Terminal {
  let last = '';
  const say = (text: string) => {
    if (text !== last) console.log(text);
    last = text;
  };
  return {
    line: (text = '') => console.log(text),
    step: (what, work) => {
      say(`${what} …`);
      return work((now) => say(`${now} …`));
    },
    status: say,
  };
}

function interactive(): Terminal {
  let shown = '';
  const show = (text: string) => {
    shown = text;
    stdout.write(`\r\u001B[2K${text.slice(0, stdout.columns - 1)}`);
  };
  const line = (text = '') => {
    stdout.write(shown === '' ? `${text}\n` : `\r\u001B[2K${text}\n`);
    shown = '';
  };
  return {
    line,
    status: show,
    step: async (what, work) => {
      const began = Date.now();
      let now = what;
      let frame = 0;
      const tick = () => {
        show(`${FRAMES[frame % FRAMES.length]} ${now} …`);
        frame += 1;
      };
      tick();
      const timer = setInterval(tick, TICK_MS);
      try {
        const result = await work((said) => {
          now = said;
        });
        line(`✓ ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        return result;
      } catch (error) {
        line(`✗ ${what}: ${now}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** Rows under a heading, in columns as wide as they must be. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const format = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  const [heading, ...others] = rows;
  return [format(heading ?? []), widths.map((width) => '─'.repeat(width)).join('  '), ...others.map(format)].join('\n');
}
