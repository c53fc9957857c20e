/** The live view of a campaign report: figures, charts that filter, and the contacts behind them. */
import './page.css';
import { Charts } from './charts';
import { Contacts } from './contacts';
import { at, button, element, fill } from '../../shared/dom';
import { figures } from './figures';
import { filterBar, Selection } from './filters';
import { Host, type HostContext, type ToolResult, wordsOf } from '../../shared/host';
import { type Dimension, type Key, type Theme, type View, viewIn } from './view';
import { type Language, languageOf, type Words, wordsIn } from './words';

const VIEW_TOOL = 'dialler_report_view';

let words: Words = wordsIn(languageOf());
let selection: Selection | null = null;
let shown: View | null = null;
let input: Record<string, unknown> = {};
let asked = 0;

const host = new Host({
  context: dress,
  input(given) {
    input = given;
  },
  result(result) {
    void begin(result);
  },
  cancelled: () => say(words.cancelled),
});
const contacts = new Contacts(at('contacts'), host);
const charts = new Charts(at('charts'), {
  filter: (taken) => void narrow((next) => next.toggle(taken)),
  contacts: (wanted) => void contacts.open({ campaign: shown!.request.campaign_ids[0]!, ...wanted }, selection!.whole, words),
});

function dress(context: HostContext): void {
  if (context.theme) document.documentElement.dataset['theme'] = context.theme;
  if (context.locale && !shown) speak(languageOf(context.locale));
  if (shown) charts.redraw(theme());
}

function theme(): Theme {
  const said = document.documentElement.dataset['theme'];
  return said === 'dark' || said === 'light' ? said : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function speak(language: Language): void {
  words = wordsIn(language);
  document.documentElement.lang = language;
}

function say(text: string, wrong = false): void {
  at('status').textContent = text;
  at('status').classList.toggle('wrong', wrong);
}

function busy(on: boolean): void {
  at('page').setAttribute('aria-busy', String(on));
}

/** The first result, or that of another call of the tool: a report without filters. */
async function begin(result: ToolResult): Promise<void> {
  const view = viewIn(result);
  if (view) {
    contacts.forget();
    selection = new Selection(view);
    return show(view);
  }
  if (result.isError) {
    busy(false);
    return say(wordsOf(result), true);
  }
  // A host that keeps `_meta` to itself: the page asks for what it needs, where it knows what was asked for.
  const { campaign_ids, since, until, language } = input;
  if (!Array.isArray(campaign_ids) || selection) {
    busy(false);
    return say(words.nothing, true);
  }
  const again = await call({ campaign_ids, since, until, language });
  const asked = viewIn(again);
  busy(false);
  if (!asked) return say(again.isError ? wordsOf(again) : words.nothing, true);
  selection = new Selection(asked);
  show(asked);
}

async function call(given: object): Promise<ToolResult> {
  try {
    return await host.call(VIEW_TOOL, JSON.parse(JSON.stringify(given)));
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: words.failed + (error as Error).message }] };
  }
}

function narrow(how: (next: Selection) => void): Promise<void> {
  const next = selection!.copy();
  how(next);
  return filter(next);
}

/** Ask the server for the report within these filters. The last one that was asked for counts. */
async function filter(next: Selection): Promise<void> {
  const turn = ++asked;
  busy(true);
  say(words.loading);
  const result = next.empty ? null : await call(next.request());
  if (turn !== asked) return;
  busy(false);
  const view = result ? viewIn(result) : next.whole;
  if (!view) {
    say(result?.isError ? wordsOf(result) : words.nothing, true);
    bar(); // the drop-down shows again what holds
    return;
  }
  selection = next;
  show(view);
  say(`${words.updated}: ${inWords()}`);
  host.tell(`${words.looking}: ${summary(view)}`);
}

function bar(): void {
  fill(at('filters'), ...filterBar(selection!, words, (next) => void filter(next)));
  fill(at('asking'), asking());
}

function asking(): HTMLElement | null {
  const { message, updateModelContext } = host.capabilities;
  if (!message && !updateModelContext) return null;
  return button(words.ask, () => void ask(), { class: 'act', 'data-focus': 'ask' });
}

async function ask(): Promise<void> {
  const view = summary(shown!);
  if (!host.capabilities.message) {
    host.tell(`${words.looking}: ${view}`);
    return say(words.told);
  }
  try {
    await host.message(`${words.question}: ${view}`);
    say(words.asked);
  } catch (error) {
    say(words.failed + (error as Error).message, true);
  }
}

function inWords(): string {
  const said = [...selection!.labels()].map(([dimension, , label]) => `${words[dimension]} ${label}`);
  return said.join(', ') || words.noFilter;
}

/**
 * The view in words of ours alone, since it is sent as the words of the person. What a record can shape, such as the names
 * of campaigns, results and agents, is told by its ID.
 */
function summary(view: View): string {
  const { campaign_ids, days, hours, weekdays, results, agents } = selection!.request();
  const chosen = Object.entries({ days, hours, weekdays, results, agents }) as [Exclude<Dimension, 'campaigns'>, Key[] | undefined][];
  const filters = chosen.flatMap(([dimension, keys]) => (keys?.length ? [`${words[dimension]} ${keys.join(', ')}`] : []));
  const large = view.figures.filter((figure) => figure.headline).map((figure) => `${figure.label} ${figure.text} (${figure.n}/${figure.of})`);
  const narrowed = filters.join('; ') || words.noFilter;
  return `${words.campaigns} ${campaign_ids.join(', ')}, ${view.period}; ${narrowed}; ${large.join(', ')}`;
}

function show(view: View): void {
  shown = view;
  speak(view.language);
  busy(false);
  say(view.figures.some((figure) => figure.of) ? '' : words.noData);
  at('title').textContent = view.title;
  document.title = view.title;
  for (const id of ['filters', 'figures', 'charts']) at(id).hidden = false; // what is hidden has no width
  const age = view.as_of ? ` · ${words.asOf} ${view.as_of}` : '';
  fill(at('period'), `${view.period} (${view.zone})`, age ? element('span', { class: 'whole' }, age) : null);
  bar();
  fill(at('figures'), ...figures(view, words, !selection!.empty));
  charts.show(view, selection!, words, theme());
  const results = [...selection!.keys()].filter(([dimension]) => dimension === 'results');
  contacts.prefer({
    campaign: view.request.campaign_ids[0]!,
    ...(results.length === 1 ? { result: String(results[0]![1]) } : {}),
  });
  contacts.render(selection!.whole, words);
  fill(at('notes'), ...view.notes.map((note) => element('p', {}, note)));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => shown && charts.redraw(theme()));
let width = 0;
new ResizeObserver(() => {
  if (width !== (width = document.documentElement.clientWidth) && shown) charts.redraw(theme());
  host.resized(Math.ceil(document.body.getBoundingClientRect().height));
}).observe(document.body);

speak(languageOf());
say(words.loading);
void host.connect();
