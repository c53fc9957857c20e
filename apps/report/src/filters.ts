/** What the view is narrowed to: drop-downs to add to it, chips that say it and take it away. */
import { button, element } from '../../shared/dom';
import type { Choice, Dimension, Filters, Key, Request, View } from './view';
import type { Words } from './words';

const DIMENSIONS: Dimension[] = ['campaigns', 'results', 'agents', 'weekdays', 'hours', 'days'];
const MOST_CHIPS = 5; // of one kind; more of them share one chip

export class Selection {
  readonly #chosen = new Map<Dimension, Set<Key>>();

  /** `whole` is the report without filters, which says what there is to choose from. */
  constructor(readonly whole: View) {}

  has(dimension: Dimension, key: Key): boolean {
    return this.#chosen.get(dimension)?.has(key) ?? false;
  }

  get empty(): boolean {
    return [...this.#chosen.values()].every((keys) => keys.size === 0);
  }

  add(dimension: Dimension, ...keys: Key[]): void {
    this.#chosen.set(dimension, new Set([...(this.#chosen.get(dimension) ?? []), ...keys]));
  }

  remove(dimension: Dimension, ...keys: Key[]): void {
    for (const key of keys) this.#chosen.get(dimension)?.delete(key);
  }

  /** Take what a mark stands for; when just that is taken already, let it go. */
  toggle(taken: [Dimension, Key[]][]): void {
    const there = taken.every(([dimension, keys]) => keys.every((key) => this.has(dimension, key)));
    for (const [dimension, keys] of taken) {
      if (there) this.remove(dimension, ...keys);
      else this.add(dimension, ...keys);
    }
  }

  clear(): void {
    this.#chosen.clear();
  }

  copy(): Selection {
    const other = new Selection(this.whole);
    for (const [dimension, key] of this.keys()) other.add(dimension, key);
    return other;
  }

  *keys(): Generator<[Dimension, Key]> {
    for (const [dimension, keys] of this.#chosen) for (const key of keys) yield [dimension, key];
  }

  /** In words, as the chips say it: a few keys each by itself, many together. */
  *labels(): Generator<[Dimension, Key[], string]> {
    for (const [dimension, chosen] of this.#chosen) {
      const keys = [...chosen];
      const said = keys.map((key) => this.whole.choices[dimension].find((one) => one.key === key)?.label ?? String(key));
      if (keys.length <= MOST_CHIPS) yield* keys.map((key, index): [Dimension, Key[], string] => [dimension, [key], said[index]!]);
      else yield [dimension, keys, `${said[0]} … ${said.at(-1)} (${keys.length})`];
    }
  }

  /** The arguments with which the server shows it. */
  request(): Request {
    const { campaign_ids, since, until, language } = this.whole.request;
    const chosen = <T extends Key>(dimension: Dimension) => [...(this.#chosen.get(dimension) ?? [])] as T[];
    const codes = chosen<string>('results').flatMap((key) => this.whole.choices.results.find((one) => one.key === key)?.codes ?? []);
    const filters: Filters = { days: chosen('days'), hours: chosen('hours'), weekdays: chosen('weekdays'), results: codes, agents: chosen('agents') };
    const some = Object.fromEntries(Object.entries(filters).filter(([, keys]) => keys.length)) as Partial<Filters>;
    const campaigns = chosen<number>('campaigns');
    return {
      campaign_ids: campaigns.length ? campaigns : campaign_ids,
      ...(since ? { since } : {}),
      ...(until ? { until } : {}),
      ...(language ? { language } : {}),
      ...some,
    };
  }
}

/** The bar above the charts. `changed` is given the selection as it is to be. */
export function filterBar(selection: Selection, words: Words, changed: (selection: Selection) => void): Node[] {
  const change = (how: (next: Selection) => void) => {
    const next = selection.copy();
    how(next);
    changed(next);
  };
  const choosers = DIMENSIONS.map((dimension) =>
    chooser(words[dimension], dimension, selection, words, (key) => change((next) => next.add(dimension, key))),
  );
  const chips = [...selection.labels()].map(([dimension, keys, label]) =>
    element(
      'li',
      {},
      button(`${words[dimension]}: ${label}`, () => change((next) => next.remove(dimension, ...keys)), {
        class: 'chip',
        'aria-label': `${words.remove}: ${words[dimension]} ${label}`,
        'data-focus': `chip ${dimension} ${keys[0]}`,
      }),
    ),
  );
  const clear = button(words.clear, () => change((next) => next.clear()), { class: 'link', 'data-focus': 'clear' });
  return [
    element('h2', { class: 'spoken' }, words.filters),
    element('div', { class: 'choosers' }, ...choosers.filter((one) => one !== null)),
    ...(chips.length ? [element('ul', { class: 'chips', 'aria-label': words.filters }, ...chips, element('li', {}, clear))] : []),
  ];
}

function chooser(label: string, dimension: Dimension, selection: Selection, words: Words, chosen: (key: Key) => void): HTMLElement | null {
  const choices: Choice[] = selection.whole.choices[dimension];
  if (choices.length < (dimension === 'campaigns' ? 2 : 1)) return null;
  const rest = choices.filter((one) => !selection.has(dimension, one.key));
  const select = element('select', { 'data-focus': `choose ${dimension}` });
  select.append(element('option', { value: '' }, rest.length < choices.length ? words.add : words.all));
  rest.forEach((one, index) =>
    select.append(element('option', { value: index }, one.count === undefined ? one.label : `${one.label} (${one.count})`)),
  );
  select.addEventListener('change', () => {
    const one = rest[Number(select.value)];
    if (select.value !== '' && one) chosen(one.key);
  });
  return element('label', {}, element('span', {}, label), select);
}
