/** Draws the server's Vega-Lite specifications as SVG, without eval and without any request. */
import type { TooltipHandler } from 'vega';
import { transforms } from 'vega-dataflow';
import * as encode from 'vega-encode';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { parse } from 'vega-parser';
import * as data from 'vega-transforms';
import { View } from 'vega-view';
import * as marks from 'vega-view-transforms';
import type { Datum, Spec } from './view';

Object.assign(transforms, data, marks, encode);

const nothing = () => Promise.reject(new Error('nothing is loaded from anywhere'));
const loader: any = { load: nothing, sanitize: nothing, http: nothing, file: nothing, options: {} };

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
      font: 'system-ui, sans-serif',
      background: 'transparent',
      padding: 2,
      aria: false, // the figure has a name and a table: a screen reader needs no list of marks
      axisY: { labelLimit: Math.round(0.38 * width) },
      ...(this.clickable ? { mark: { cursor: 'pointer' } } : {}),
    };
    const asked = { ...spec, width, config } as unknown as TopLevelSpec;
    const runtime = parse(compile(asked).spec, undefined, { ast: true });
    const view = new View(runtime, { expr: expressionInterpreter, renderer: 'svg', loader, hover: true, logLevel: 1 });
    view.tooltip(tip);
    if (this.clickable) view.addEventListener('click', (_event, item) => item?.datum && this.pressed(item.datum as Datum));
    this.clear();
    this.#view = view;
    await view.initialize(this.place).runAsync();
    this.place.querySelector('svg')?.setAttribute('focusable', 'false');
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
