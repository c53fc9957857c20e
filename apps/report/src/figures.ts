/** The figures: some large, all of them in a table, each with its n of N. */
import { element, table } from '../../shared/dom';
import type { Figure, View } from './view';
import type { Words } from './words';

export function figures(view: View, words: Words, filtered: boolean): Node[] {
  const number = new Intl.NumberFormat(view.language);
  const ofN = (figure: Figure) => `${number.format(figure.n)} ${words.of} ${number.format(figure.of)}`;
  const large = view.figures.filter((figure) => figure.headline && (figure.of || figure.value));
  const list = element(
    'dl',
    { class: 'cards' },
    ...large.map((figure) =>
      element(
        'div',
        {},
        element('dt', {}, figure.label),
        element('dd', {}, element('strong', {}, figure.text), figure.n === figure.of ? null : element('span', { class: 'quiet' }, ofN(figure))),
      ),
    ),
  );
  const groups = [...new Set(view.figures.map((figure) => figure.group))].map((group) => {
    const rows = view.figures.filter((figure) => figure.group === group && figure.of).map((figure) => [figure.label, figure.text, ofN(figure)]);
    return rows.length ? scrolling(table(group, [words.figure, words.value, words.nOfN], rows)) : null;
  });
  return [
    element('h2', { class: 'spoken' }, words.figures),
    list,
    element(
      'details',
      {},
      element('summary', {}, words.everyFigure),
      element('div', { class: 'tables' }, ...groups),
      filtered ? element('p', { class: 'quiet' }, words.listed) : null,
    ),
  ];
}

/** A table that scrolls in itself where the page is narrow, also by keyboard. */
export function scrolling(inner: HTMLTableElement): HTMLElement {
  return element('div', { class: 'scrolls', tabindex: '0', role: 'group', 'aria-label': inner.caption?.textContent ?? '' }, inner);
}
