/** The charts, each with a table of the same data; a mark or a row filters, or leads to the contacts behind it. */
import type { Wanted } from './contacts';
import { button, element, fill, table } from '../../shared/dom';
import { Picture } from './drawing';
import { scrolling } from './figures';
import type { Selection } from './filters';
import type { Chart, Datum, Dimension, Key, Spec, Theme, View } from './view';
import { type State, STATES, type Words } from './words';

/** What is done with what a mark stands for. */
export interface Actions {
  filter(taken: [Dimension, Key[]][]): void;
  contacts(wanted: Partial<Wanted>): void;
}

/** In which states, as `dialler_list_contacts` knows them, most of the contacts are that stand somewhere. */
const STATES_OF: Record<string, State[]> = {
  final: ['done', 'aborted'],
  locked: ['locked'],
  later: ['follow-up', 'appointment'],
  free: ['new', 'open'],
};

/** The charts over time stand beside the others, where there is room for two columns. */
const OVER_TIME = ['hours', 'weekdays', 'days'];

export class Charts {
  #drawn: { picture: Picture; chart: Chart }[] = [];
  #looks: View['looks'] | null = null;
  readonly #opened = new Set<string>();

  constructor(
    private readonly place: HTMLElement,
    private readonly actions: Actions,
  ) {}

  show(view: View, selection: Selection, words: Words, theme: Theme): void {
    for (const { picture } of this.#drawn) picture.clear();
    this.#drawn = [];
    this.#looks = view.looks;
    const [amounts, times] = [element('div'), element('div')];
    for (const [name, chart] of Object.entries(view.charts)) {
      (OVER_TIME.includes(name) ? times : amounts).append(this.#figure(name, chart, selection, words, view));
    }
    fill(this.place, amounts, times);
    this.redraw(theme);
  }

  redraw(theme: Theme): void {
    for (const { picture, chart } of this.#drawn) void picture.draw(chart.spec, this.#looks![theme]);
  }

  #figure(name: string, chart: Chart, selection: Selection, words: Words, view: View): HTMLElement {
    const place = element('div', { class: 'picture', role: 'img', 'aria-label': String(chart.spec['description'] ?? chart.title) });
    const picture = new Picture(place, (datum) => this.#press(chart, datum), chart.picks.length > 0);
    this.#drawn.push({ picture, chart });
    const shown = element(
      'details',
      { open: this.#opened.has(name) },
      element('summary', { 'aria-label': `${words.asTable}: ${chart.title}` }, words.asTable),
      this.#table(chart, selection, words, view),
    );
    shown.addEventListener('toggle', () => (shown.open ? this.#opened.add(name) : this.#opened.delete(name)));
    return element('figure', { class: `chart ${name}` }, element('figcaption', {}, chart.title), place, shown);
  }

  #press(chart: Chart, datum: Datum): void {
    const taken = takenBy(chart, datum);
    if (taken.length) this.actions.filter(taken);
    const [state] = statesOf(chart, datum);
    if (state) this.actions.contacts({ state });
  }

  /** The data of the chart, in the columns of its tooltips, with buttons for what a click on a mark does. */
  #table(chart: Chart, selection: Selection, words: Words, view: View): HTMLElement {
    const { columns, rows } = dataOf(chart.spec, view.language);
    const acts = rows.map(({ datum }) => {
      const taken = takenBy(chart, datum);
      const label = chart.picks.map((pick) => String(datum[pick.field])).join(' ');
      const act = (said: string, focus: string, press: () => void, more: Record<string, string> = {}) =>
        button(said, press, { 'aria-label': `${said}: ${label}`, 'data-focus': `${focus} ${label}`, ...more });
      const on = taken.length > 0 && taken.every(([dimension, keys]) => keys.every((key) => selection.has(dimension, key)));
      const [result] = taken.flatMap(([dimension, keys]) => (dimension === 'results' ? keys : []));
      return [
        ...(taken.length ? [act(words.filter, 'filter', () => this.actions.filter(taken), { 'aria-pressed': String(on) })] : []),
        ...(result !== undefined ? [act(words.contacts, 'list', () => this.actions.contacts({ result: String(result) }))] : []),
        ...statesOf(chart, datum).map((state) =>
          act(`${words.contacts} (${STATES[view.language][state]})`, state, () => this.actions.contacts({ state })),
        ),
      ];
    });
    const some = acts.some((one) => one.length);
    const cells = rows.map(({ cells }, index) => [...cells, ...(some ? [element('span', { class: 'acts' }, ...acts[index]!)] : [])]);
    return scrolling(table(chart.title, [...columns, ...(some ? [words.actions] : [])], cells));
  }
}

/** What a mark or a row can filter by: nothing, where one of its keys is not known. */
function takenBy(chart: Chart, datum: Datum): [Dimension, Key[]][] {
  const taken = chart.picks
    .filter((pick) => pick.by !== 'standings')
    .map((pick): [Dimension, Key[]] => [pick.by as Dimension, keysOf(pick.keys, datum[pick.field])]);
  return taken.every(([, keys]) => keys.length) ? taken : [];
}

function statesOf(chart: Chart, datum: Datum): State[] {
  const pick = chart.picks.find((one) => one.by === 'standings');
  return (pick && STATES_OF[String(keysOf(pick.keys, datum[pick.field])[0])]) ?? [];
}

function keysOf(keys: Record<string, Key[]>, value: unknown): Key[] {
  return Object.hasOwn(keys, String(value)) ? keys[String(value)]! : [];
}

interface Column {
  field: string;
  title: string;
  type: string;
}

interface Data {
  columns: string[];
  rows: { datum: Datum; cells: (string | number)[] }[];
}

/** The data as the tooltips say it. What stands one by one in colours of its own gets a column for each colour. */
function dataOf(spec: Spec, language: string): Data {
  const values: Datum[] = spec['data']?.values ?? [];
  const tips = tipsIn(spec) ?? [];
  const number = new Intl.NumberFormat(language);
  const said = (value: unknown) => (typeof value === 'number' ? number.format(value) : String(value ?? ''));
  const colour = spec['encoding']?.color?.field;
  const what = tips.find((one) => one.field === colour);
  const many = tips.find((one) => one.type === 'quantitative');
  const named = what && many ? tips.filter((one) => one !== what && one !== many) : tips;
  if (!what || !many) {
    const some = values.filter((datum) => datum['attempts'] !== 0);
    return { columns: named.map((one) => one.title), rows: some.map((datum) => ({ datum, cells: named.map((one) => said(datum[one.field])) })) };
  }
  const kinds = [...new Set(values.map((datum) => String(datum[what.field])))];
  const rows = new Map<string, { datum: Datum; cells: string[] }>();
  for (const datum of values) {
    const first = named.map((one) => said(datum[one.field]));
    const row = rows.get(first.join('\t')) ?? { datum, cells: [...first, ...kinds.map(() => '')] };
    row.cells[first.length + kinds.indexOf(String(datum[what.field]))] = said(datum[many.field]);
    rows.set(first.join('\t'), row);
  }
  return { columns: [...named.map((one) => one.title), ...kinds], rows: [...rows.values()] };
}

function tipsIn(spec: Spec): Column[] | null {
  const tips = spec['encoding']?.tooltip;
  if (Array.isArray(tips)) return tips;
  for (const layer of (spec['layer'] as Spec[] | undefined) ?? []) {
    const found = tipsIn(layer);
    if (found) return found;
  }
  return null;
}
