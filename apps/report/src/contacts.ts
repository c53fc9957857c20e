/** Behind the figures: the contacts themselves, as `dialler_list_contacts` lists them. */
import { button, element, fill, table } from '../../shared/dom';
import { scrolling } from './figures';
import { type Host, type ToolResult, wordsOf } from '../../shared/host';
import type { View } from './view';
import { COLUMNS, type State, STATES, type Words } from './words';

const PAGE = 20;
const LIST_TOOL = 'dialler_list_contacts';
const FIELDS = ['UserData', 'name', 'state', 'result', 'attempts', 'next_try', 'locked']; // each page has just these

export interface Wanted {
  campaign: number;
  state?: State;
  result?: string;
}

interface List {
  summary: string;
  columns: string[];
  rows: unknown[][];
  total: number;
  next_cursor?: string;
  notes?: string[];
}

export class Contacts {
  #wanted: Wanted | null = null;
  #preferred: Partial<Wanted> = {};
  #list: List | null = null;
  #asked = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly host: Host,
  ) {}

  /** Say which contacts to show; they are read only then. */
  async open(wanted: Wanted, view: View, words: Words): Promise<void> {
    this.#wanted = wanted;
    this.#list = null;
    await this.#read(view, words);
    this.place.scrollIntoView({ block: 'nearest' });
  }

  /** What the form offers first. */
  prefer(preferred: Partial<Wanted>): void {
    this.#preferred = preferred;
  }

  /** Nothing is read before the person asks for it: only the form is there. */
  render(view: View, words: Words, said: string | null = null, busy = false): void {
    const campaigns = view.choices.campaigns;
    const wanted: Wanted = this.#wanted ?? { campaign: Number(campaigns[0]?.key), ...this.#preferred };
    const choose = (label: string, name: string, options: [string, string][], now: string | undefined) => {
      const select = element('select', { name, 'data-focus': `contacts ${name}` }, element('option', { value: '' }, words.all));
      for (const [value, text] of options) select.append(element('option', { value, selected: value === now }, text));
      return element('label', {}, element('span', {}, label), select);
    };
    const form = element(
      'form',
      { class: 'choosers' },
      campaigns.length > 1 ? choose(words.campaigns, 'campaign', campaigns.map((one) => [String(one.key), one.label]), String(wanted.campaign)) : null,
      choose(words.state, 'state', Object.entries(STATES[view.language]), wanted.state),
      choose(words.result, 'result', view.choices.results.map((one) => [String(one.key), one.label]), wanted.result),
      element('button', { type: 'submit', 'data-focus': 'contacts submit' }, words.show),
    );
    form.querySelector<HTMLSelectElement>('[name=campaign]')?.options[0]?.remove(); // a list is of one campaign
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = new FormData(form);
      const state = given.get('state') as State | '';
      const result = given.get('result') as string;
      void this.open(
        { campaign: Number(given.get('campaign') ?? wanted.campaign), ...(state ? { state } : {}), ...(result ? { result } : {}) },
        view,
        words,
      );
    });
    fill(
      this.place,
      element('h2', { id: 'contacts-title' }, words.contacts),
      form,
      element('p', { role: 'status', 'aria-live': 'polite' }, busy ? words.loading : said ?? this.#list?.summary ?? ''),
      this.#list?.rows.length ? this.#table(this.#list, view, words) : null,
      this.#list?.next_cursor ? button(words.more, () => void this.#read(view, words), { 'data-focus': 'contacts more' }) : null,
      ...(this.#list?.notes ?? []).map((note) => element('p', { class: 'quiet' }, note)),
    );
    this.place.hidden = false;
  }

  forget(): void {
    this.#wanted = null;
    this.#list = null;
    this.#asked++;
  }

  #table(list: List, view: View, words: Words): HTMLElement {
    const columns = list.columns.map((name) => COLUMNS[view.language]?.[name] ?? name);
    return scrolling(table(words.contacts, columns, list.rows.map((row) => row.map(plain))));
  }

  async #read(view: View, words: Words): Promise<void> {
    const wanted = this.#wanted!;
    const cursor = this.#list?.next_cursor;
    const asked = ++this.#asked;
    this.render(view, words, null, true);
    const { campaign, ...rest } = wanted;
    let result: ToolResult;
    try {
      result = await this.host.call(LIST_TOOL, { campaign_id: campaign, ...rest, fields: FIELDS, limit: PAGE, ...(cursor ? { cursor } : {}) });
    } catch (error) {
      result = { isError: true, content: [{ type: 'text', text: words.failed + (error as Error).message }] };
    }
    if (asked !== this.#asked) return;
    if (result.isError) return this.render(view, words, wordsOf(result));
    const page = result.structuredContent as unknown as List;
    const before = this.#list;
    this.#list = { ...page, rows: [...(before?.rows ?? []), ...page.rows] };
    this.render(view, words, before ? `${this.#list.rows.length} ${words.of} ${page.total}` : page.summary);
  }
}

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'number' ? value : typeof value === 'boolean' ? (value ? '✓' : '') : String(value);
}
