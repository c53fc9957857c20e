/** Elements made of text, never of markup: names and comments are what other people wrote. */

type Child = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean | number | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function button(words: string, press: () => void, attributes: Record<string, string | boolean> = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, words);
  made.addEventListener('click', press);
  return made;
}

export function at(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** Put new content into an element; whatever had the focus keeps it, if it is still there. */
export function fill(target: HTMLElement, ...children: Child[]): void {
  const focused = target.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
  target.replaceChildren(...children.filter((child) => child !== null));
  if (focused) {
    const again = [...target.querySelectorAll<HTMLElement>('[data-focus]')].find((one) => one.dataset['focus'] === focused);
    (again ?? target.querySelector<HTMLElement>('select, button'))?.focus();
  }
}

/** A table of a caption, headings and rows; cells may be elements. */
export function table(caption: string, columns: string[], rows: (Node | string | number | null)[][]): HTMLTableElement {
  const numbers = columns.map((_, index) => index > 0 && rows.length > 0 && rows.every((row) => numeric(row[index])));
  const head = element('tr', {}, ...columns.map((column, index) => element('th', { scope: 'col', class: numbers[index] && 'number' }, column)));
  const body = rows.map(([first, ...rest]) =>
    element('tr', {}, element('th', { scope: 'row' }, cell(first)), ...rest.map((one, index) => element('td', { class: numbers[index + 1] && 'number' }, cell(one)))),
  );
  return element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...body));
}

function cell(value: Node | string | number | null | undefined): Node | string {
  return value instanceof Node ? value : String(value ?? '');
}

function numeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^([\d.,]+ ?%?|–?)$/.test(value));
}
