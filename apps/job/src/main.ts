/** The card of a job: how far it is, what came of its rows, and what a person can do about it. */
import './page.css';
import { at, button, element, fill } from '../../shared/dom';
import { Host, type HostContext, type ToolResult, wordsOf } from '../../shared/host';
import { about, oddRows, PAGE, progressOf, rowsInWords, stateOf } from './drawing';
import { type Control, hasEnded, type Job, jobIn, quoted, Speed } from './job';
import { type Language, languageOf, type Words, wordsIn } from './words';

const SHOW_TOOL = 'dialler_get_job';
const CONTROL_TOOL = 'dialler_control_job';
/** Milliseconds until a job is looked at again: one that runs, and one that stands still or is not in sight. */
const SOON = 3_000;
const LATER = 15_000;
const AT_ONCE = 300;
const PATIENCE = 60_000;
/** Milliseconds between the two presses of a cancellation: sooner is a slip of the hand, later is another wish. */
const SLIP = 500;
const FORGOTTEN = 8_000;

let words: Words = wordsIn(languageOf(undefined));
let number: number | null = null;
let shown: Job | null = null;
let rows = PAGE;
let armed = 0;
let busy = false;
let timer = 0;
let asking = false;
let stale = false;
const speed = new Speed();

const host = new Host({
  context: dress,
  input(given) {
    number = numberIn(given['job_id']);
  },
  result: (result) => void begin(result),
  cancelled: () => say(words.cancelled),
});

function numberIn(value: unknown): number | null {
  return Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : null;
}

function dress(context: HostContext): void {
  if (context.theme) document.documentElement.dataset['theme'] = context.theme;
  if (context.locale && !shown) speak(languageOf(context.locale));
}

function speak(language: Language): void {
  words = wordsIn(language);
  document.documentElement.lang = language;
}

function say(text: string, wrong = false): void {
  if (at('status').textContent !== text) at('status').textContent = text; // else it would be read out again
  at('status').classList.toggle('wrong', wrong);
}

async function begin(result: ToolResult): Promise<void> {
  const job = jobIn(result);
  if (job) return show(job);
  at('page').setAttribute('aria-busy', 'false');
  if (result.isError) return say(wordsOf(result), true);
  const record = result.structuredContent?.['record'] as Record<string, unknown> | undefined;
  number ??= numberIn(record?.['job']);
  say(wordsOf(result) || words.nothing);
  if (number) await look();
}

/** Ask how far the job is, and again later unless it has ended. */
async function look(): Promise<void> {
  if (asking || number === null) return;
  asking = true;
  clearTimeout(timer);
  try {
    const result = await call(SHOW_TOOL, { job_id: number });
    const job = jobIn(result);
    if (job) show(job);
    else if (result.isError) say(wordsOf(result), true);
    if (!job && shown) lookIn(LATER); // without any data there is nothing to keep fresh
  } catch {
    stale = true;
    say(words.stale, true);
    lookIn(LATER);
  } finally {
    asking = false;
  }
}

function lookIn(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void look(), milliseconds);
}

function call(name: string, given: object): Promise<ToolResult> {
  const silence = new Promise<never>((_, failed) => setTimeout(() => failed(new Error(words.silent)), PATIENCE));
  return Promise.race([host.call(name, given), silence]);
}

function show(job: Job): void {
  const before = shown;
  shown = job;
  number = job.job;
  speed.saw(job);
  speak(job.language);
  at('page').setAttribute('aria-busy', 'false');
  fill(at('number'), `${words.job} ${job.job}`);
  fill(at('title'), job.what);
  document.title = job.what;
  fill(at('state'), stateOf(job, words));
  at('state').className = job.state;
  fill(at('progress'), ...progressOf(job, speed.of(job), words));
  at('why').hidden = !job.why;
  fill(at('why'), quoted(job.why ?? ''));
  for (const id of ['state', 'progress', 'about']) at(id).hidden = false;
  if (job.state !== before?.state) busy = false; // what was pressed has happened, before its answer came
  acts();
  if (JSON.stringify(job.rows) !== JSON.stringify(before?.rows)) odd();
  const open = at('about').querySelector('details')?.open ?? false;
  if (JSON.stringify(job.facts) !== JSON.stringify(before?.facts)) fill(at('about'), ...about(job, words, open));
  fill(at('notes'), ...job.notes.map((note) => element('p', {}, note)));
  announce(job, before);
  if (!hasEnded(job)) lookIn(job.state === 'running' && !document.hidden ? SOON : LATER);
}

/** Tell a screen reader when the state changes, not with every row; the model, what has become of the job. */
function announce(job: Job, before: Job | null): void {
  const now = words.isNow(job.job, stateOf(job, words), rowsInWords(job, words));
  if (job.wish) say(words.wished[job.wish]);
  else if (job.state !== before?.state || before.wish || stale) say(before ? now : '');
  stale = false;
  if (before && job.state !== before.state) host.tell(now);
}

function odd(): void {
  at('rows').hidden = !shown!.rows.length;
  const more = () => {
    rows += PAGE;
    odd();
  };
  fill(at('rows'), ...oddRows(shown!, rows, words, more));
}

let drawn = '';
/** The buttons; drawn anew only when they change, so that none vanishes under the pointer. */
function acts(): void {
  const job = shown!;
  const state = JSON.stringify([job.controls, job.wish, job.may_undo, job.taken_back, armed > 0, busy, words.undo]);
  if (state === drawn) return;
  drawn = state;
  const controls = job.controls.map((control) => controlButton(control));
  const undo = job.may_undo ? [button(words.undo, () => void undoIt(), { 'data-focus': 'undo' })] : [];
  const back = job.taken_back ? [element('p', { class: 'quiet' }, job.taken_back)] : [];
  at('acts').hidden = !controls.length && !undo.length && !back.length;
  fill(at('acts'), ...controls, ...undo, ...back);
}

function controlButton(control: Control): HTMLButtonElement {
  const sure = control === 'cancel' && armed > 0;
  const waits = busy || (shown!.wish !== null && control !== 'cancel');
  const press = () => (waits ? undefined : control === 'cancel' ? cancel() : void carryOut(control));
  const looks = { 'aria-disabled': String(waits), class: sure ? 'sure' : '' }; // one that is disabled would lose the focus
  const made = button(sure ? words.again : words.control[control], press, { 'data-focus': control, ...looks });
  made.addEventListener('keydown', (event) => event.repeat && event.preventDefault()); // a key held down is one press
  return made;
}

function cancel(): void {
  const since = Date.now() - armed;
  if (armed && since < SLIP) return;
  if (armed) {
    armed = 0;
    return void carryOut('cancel');
  }
  const mine = (armed = Date.now());
  acts();
  say(words.sure);
  setTimeout(() => {
    if (armed === mine) disarm();
  }, FORGOTTEN);
}

function disarm(): void {
  armed = 0;
  acts();
  say('');
}

async function carryOut(control: Control): Promise<void> {
  busy = true;
  armed = 0;
  acts();
  say('');
  lookIn(AT_ONCE); // the answer waits until the job stands still
  try {
    const result = await call(CONTROL_TOOL, { job_id: shown!.job, action: control });
    if (result.isError) say(wordsOf(result), true);
  } catch (error) {
    say(words.failed + (error as Error).message, true);
  }
  busy = false;
  acts();
  await look();
}

/** Ask for the undo in the conversation: it has a preview and a confirmation of its own, which stay the person's. */
async function undoIt(): Promise<void> {
  const job = shown!.job;
  if (host.capabilities.message) {
    try {
      const answer = await host.message(words.undoing(job));
      if (!(answer as { isError?: boolean } | undefined)?.isError) return say(words.asked);
    } catch {
      // said below, as where the host takes no messages
    }
  }
  say(words.say(job));
}

addEventListener('keydown', (event) => event.key === 'Escape' && armed && disarm());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && shown && !hasEnded(shown)) void look();
});
new ResizeObserver(() => host.resized(Math.ceil(document.body.getBoundingClientRect().height))).observe(document.body);

speak(languageOf(undefined));
void host.connect();
