/** Draws the server's Vega-Lite specifications as SVG, without eval and without any request. */
import type { TooltipHandler } from 'vega';
import { transforms } from 'vega-dataflow';
import * as encode from 'vega-encode';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { parse } from 'vega-parser';
import * as data from 'vega-transforms';
import { Error as ERRORS, logger } from 'vega-util';
import { View } from 'vega-view';
import * as marks from 'vega-view-transforms';
import type { Datum, Spec } from './view';

Object.assign(transforms, data, marks, encode);

const nothing = () => Promise.reject(new Error('nothing is loaded from anywhere'));
const loader: any = { load: nothing, sanitize: nothing, http: nothing, file: nothing, options: {} };

const FONT = 'system-ui, sans-serif';
const NARROW = 420;
const LETTER = 7; // points of a letter, on average
const SYMBOL = 30; // points of the square before it and the room around
const BESIDE_LABELS = 0.62; // of the width: the rest is for the names of the bars

export class Picture {
  #view: View | null = null;

  constructor(
    private readonly place: HTMLElement,
    private readonly pressed: (datum: Datum) => void,
    private readonly clickable: boolean,
  ) {}

  /** Draw a specification as wide as its place, with the looks of the theme. */
  async draw(spec: Spec, looks: Spec): Promise<void> {
    const width = Math.max(200, Math.floor(this.place.clientWidth));
    const config = {
      ...looks,
      font: FONT,
      background: 'transparent',
      padding: 2,
      aria: false, // the figure has a name and a table: a screen reader needs no list of marks
      axisX: { labelOverlap: 'greedy', labelSeparation: 4, labelBound: 10 },
      axisY: { labelLimit: Math.round(0.38 * width) },
      ...(width < NARROW ? { legend: { ...looks['legend'], labelFontSize: 12, labelLimit: width / 2 } } : {}),
      ...(this.clickable ? { mark: { cursor: 'pointer' } } : {}),
    };
    const asked = { ...fitted(spec, width), width, config } as unknown as TopLevelSpec;
    const runtime = parse(compile(asked, { logger: logger(ERRORS) }).spec, undefined, { ast: true });
    const view = new View(runtime, { expr: expressionInterpreter, renderer: 'svg', loader, hover: true, logLevel: ERRORS });
    view.tooltip(tip);
    if (this.clickable) view.addEventListener('click', (_event, item) => item?.datum && this.pressed(item.datum as Datum));
    this.clear();
    this.#view = view;
    const inner = document.createElement('div'); // Vega writes its own role and name onto what it draws into
    inner.setAttribute('aria-hidden', 'true');
    this.place.append(inner);
    await view.initialize(inner).runAsync();
  }

  clear(): void {
    hide();
    this.#view?.finalize();
    this.#view = null;
    this.place.replaceChildren();
  }
}

/** What stands beside the pointer: names and values as text. */
const tip: TooltipHandler = (_handler, event, _item, value) => {
  const box = document.getElementById('tip')!;
  if (value === null || value === undefined || value === '') return hide();
  box.replaceChildren();
  const lines = typeof value === 'object' ? Object.entries(value) : [['', value]];
  for (const [name, said] of lines) {
    const line = document.createElement('div');
    line.textContent = name ? `${name}: ${said}` : String(said);
    box.append(line);
  }
  box.hidden = false;
  const { clientX, clientY } = event as MouseEvent;
  const left = Math.min(clientX + 12, document.documentElement.clientWidth - box.offsetWidth - 4);
  const above = clientY + 16 + box.offsetHeight > innerHeight;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${above ? Math.max(4, clientY - box.offsetHeight - 10) : clientY + 16}px`;
};

export function hide(): void {
  document.getElementById('tip')!.hidden = true;
}

/** The same for its place: legends in as many lines as they need; where it is narrow, labels without explanations. */
function fitted(spec: Spec, width: number): Spec {
  const letters = Math.floor(width / LETTER);
  const change = (value: any, name: string): any => {
    if (Array.isArray(value)) return value.map((one) => change(one, ''));
    if (typeof value !== 'object' || value === null) return name === 'label' && width < NARROW ? shorter(value) : value;
    const changed = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one, key)]));
    return name === 'legend' ? { ...changed, ...legend(value) } : changed;
  };
  const legend = ({ title, gradientLength, values = [] }: any) => {
    const wide = values.reduce((sum: number, one: string) => sum + one.length * LETTER + SYMBOL, 0);
    return {
      ...(wide > BESIDE_LABELS * width ? { columns: 1 } : {}),
      ...(typeof title === 'string' ? { title: lines(title, letters) } : {}),
      ...(gradientLength ? { gradientLength: Math.min(gradientLength, width - 110) } : {}),
    };
  };
  return change(spec, '');
}

/** `627 (87.1% of the step before)` as `627 (87.1%)`. */
function shorter(label: unknown): unknown {
  return typeof label === 'string' ? label.replace(/ +(\([\d.,]+ ?%)[^)]+\)$/, ' $1)') : label;
}

function lines(text: string, letters: number): string[] {
  const said: string[] = [];
  for (const word of text.split(' ')) {
    const last = said.at(-1);
    if (last !== undefined && last.length + word.length < letters) said[said.length - 1] = `${last} ${word}`;
    else said.push(word);
  }
  return said;
}
