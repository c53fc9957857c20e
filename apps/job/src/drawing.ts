/** The parts of the card that only show something. */
import { button, element } from '../../shared/dom';
import { finished, hasEnded, type Job, OUTCOMES, quoted, type Row } from './job';
import { duration, type Words } from './words';

/** Rows that are shown at first, and with each press more. */
export const PAGE = 10;

export function progressOf(job: Job, speed: number | null, words: Words): Node[] {
  return [bar(job, words), figures(job, speed, words), counts(job, words)];
}

export function rowsInWords(job: Job, words: Words): string {
  const number = new Intl.NumberFormat(job.language);
  return `${number.format(finished(job))} ${words.of} ${number.format(job.total)} ${words.rows(job.total)}`;
}

export function stateOf(job: Job, words: Words): string {
  return job.state === 'frozen' ? words.frozen : job.state_words;
}

function bar(job: Job, words: Words): HTMLElement {
  const parts = OUTCOMES.filter((outcome) => job.counts[outcome]).map((outcome) => {
    const part = element('span', { class: outcome });
    part.style.width = `${(100 * job.counts[outcome]!) / job.total}%`;
    return part;
  });
  const values = { 'aria-valuemin': 0, 'aria-valuemax': job.total, 'aria-valuenow': finished(job) };
  const named = { 'aria-label': words.progress, 'aria-valuetext': rowsInWords(job, words) };
  return element('div', { role: 'progressbar', class: 'bar', ...values, ...named }, ...parts);
}

function figures(job: Job, speed: number | null, words: Words): HTMLElement {
  const number = new Intl.NumberFormat(job.language, { maximumSignificantDigits: 2 });
  const all: [string, string, string][] = [[words.finished, ...split(rowsInWords(job, words))]];
  if (job.state === 'running' || (hasEnded(job) && job.began !== null)) {
    all.push(speed === null ? [words.rate, '–', words.notKnown] : [words.rate, number.format(speed), words.perSecond]);
  }
  if (job.state === 'running') {
    const left = speed ? (job.counts.to_do ?? 0) / speed : null;
    all.push(left === null ? [words.left, '–', words.notKnown] : [words.left, words.about(duration(left)), '']);
  } else if (job.began !== null && job.ended !== null) {
    all.push([words.took, duration(job.ended - job.began), '']);
  }
  const shown = all.map(([name, value, unit]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value, ...(unit ? [' ', element('small', {}, unit)] : []))),
  );
  return element('dl', { class: 'figures' }, ...shown);
}

/** `5` and `of 17 rows`. */
function split(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

function counts(job: Job, words: Words): HTMLElement {
  const number = new Intl.NumberFormat(job.language);
  const items = [...OUTCOMES, 'to_do' as const]
    .filter((name) => job.counts[name])
    .map((name) => element('li', {}, element('span', { class: `swatch ${name}`, 'aria-hidden': 'true' }), `${number.format(job.counts[name]!)} ${words.outcome[name]}`));
  return element('ul', { class: 'counts', 'aria-label': words.outcomes }, ...items);
}

export function oddRows(job: Job, shown: number, words: Words, more: () => void): Node[] {
  if (!job.rows.length) return [];
  const rest = job.rows.length - shown;
  return [
    element('h2', {}, words.odd),
    element('ul', { class: 'odd' }, ...job.rows.slice(0, shown).map(oddRow)),
    ...(rest > 0 ? [button(words.more(Math.min(rest, PAGE)), more, { 'data-focus': 'more' })] : []),
    ...(rest <= 0 && job.more_rows ? [element('p', { class: 'quiet' }, words.notAll(job.rows.length))] : []),
  ];
}

function oddRow(row: Row): HTMLElement {
  const why = element('span', {}, `${row.came_of_it}${row.why ? `: ${quoted(row.why)}` : ''}`);
  return element('li', { class: row.state }, element('strong', {}, row.who), why);
}

export function about(job: Job, words: Words, open: boolean): Node[] {
  const facts = job.facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, quoted(value))]);
  return [element('details', { open }, element('summary', { 'data-focus': 'facts' }, words.facts), element('dl', { class: 'facts' }, ...facts))];
}
