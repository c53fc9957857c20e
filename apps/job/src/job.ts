/** What the server sends for the card, in `_meta["dialler-mcp/job"]`: see `dialler_mcp/service/jobs.py`. */
import type { ToolResult } from '../../shared/host';

export type State = 'frozen' | 'running' | 'paused' | 'cancelled' | 'done';
export type Control = 'pause' | 'resume' | 'cancel';
export type Outcome = 'done' | 'failed' | 'unknown' | 'left';

/** Times are seconds since 1970, by the clock of the server. */
export interface Job {
  job: number;
  language: 'de' | 'en';
  what: string;
  state: State;
  state_words: string;
  wish: Control | null;
  why: string | null;
  now: number;
  began: number | null;
  ended: number | null;
  total: number;
  counts: Partial<Record<Outcome | 'to_do', number>>;
  facts: [string, string][];
  rows: Row[];
  more_rows: boolean;
  controls: Control[];
  taken_back: string | null;
  may_undo: boolean;
  notes: string[];
}

export interface Row {
  state: Outcome;
  who: string;
  came_of_it: string;
  why: string;
}

export const OUTCOMES: Outcome[] = ['done', 'left', 'failed', 'unknown'];
const META = 'dialler-mcp/job';

export function jobIn(result: ToolResult): Job | null {
  return (result._meta?.[META] as Job | undefined) ?? null;
}

export function hasEnded(job: Job): boolean {
  return job.state === 'done' || job.state === 'cancelled';
}

export function finished(job: Job): number {
  return job.total - (job.counts.to_do ?? 0);
}

/** What others wrote stands between marks for the model; for a person it is quoted. */
export function quoted(text: string): string {
  return text.replace(/«(\w+):(.*?):\1»/gs, '“$2”');
}

/** How many rows a second are finished, from what was seen of a job that runs. */
export class Speed {
  #seen: { now: number; finished: number }[] = [];

  /** Take note of how far a job is. */
  saw(job: Job): void {
    if (job.state !== 'running') this.#seen = [];
    else this.#seen = [...this.#seen.slice(-9), { now: job.now, finished: finished(job) }];
  }

  /** Rows a second; null where that is not known (yet). */
  of(job: Job): number | null {
    const [first, last] = [this.#seen[0], this.#seen.at(-1)];
    if (first && last && last.now > first.now) return (last.finished - first.finished) / (last.now - first.now);
    const until = job.ended ?? job.now;
    return job.began !== null && until > job.began ? finished(job) / (until - job.began) : null;
  }
}
