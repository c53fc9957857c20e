/** Each text on a page with its colour and that of its ground, once. Runs in the page. */
export function colourPairs() {
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const found = numbers(getComputedStyle(each).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const pairs = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName) || !element.checkVisibility()) continue;
    const inPicture = element.closest('.picture');
    const colour = numbers(getComputedStyle(element)[inPicture ? 'fill' : 'color']);
    const pair = [colour.slice(0, 3), ground(inPicture ?? element)];
    pairs.set(JSON.stringify(pair), [...pair, element.textContent.slice(0, 30)]);
  }
  return [...pairs.values()];
}
