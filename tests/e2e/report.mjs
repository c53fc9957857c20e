// Shows the live view of a report in a real browser and works it, page after page.
// Argument: the bundled page of the host. Each line on stdin is JSON {input, locale, theme, width, message, meta, renamed,
// failing, steps} for a page of its own, and is answered by a line of JSON: what came of it, or {failure}.
// `meta`: whether the host hands it on; `renamed`: words in answers that become others; `failing`: tools that fail.
// `steps` are done one after the other, each [what, ...with]; see STEPS.
import { hostOf } from './browser_host.mjs';
import { colourPairs } from './colours.mjs';

const TOOL = 'dialler_campaign_report';
const USUAL = {
  locale: 'en-GB', theme: 'light', width: 1200, message: true, meta: true, renamed: {}, failing: [], steps: [],
};

const { client, view, open, show, answer } = await hostOf('report-host', TOOL);
await answer(worked);

/** What came of one page. */
async function worked(wishes) {
  const { input, locale, theme, width, message, meta, renamed, failing, steps } = { ...USUAL, ...wishes };
  const result = foreign(await client.callTool({ name: TOOL, arguments: input }));
  const { _meta, ...bare } = result;

  /** The answer, as a record would make it that holds other words. */
  function foreign(answer) {
    let text = JSON.stringify(answer);
    for (const [word, other] of Object.entries(renamed)) text = text.replaceAll(word, JSON.stringify(other).slice(1, -1));
    return JSON.parse(text);
  }

  const calls = [];
  const { page, errors, requests } = await open({ theme, width, height: 900 }, (name, given) => {
    calls.push([name, given]);
    if (failing.includes(name)) return { isError: true, content: [{ type: 'text', text: 'The dialler is away. <b>Ask again.</b>' }] };
    return client.callTool({ name, arguments: given }).then(foreign);
  });
  const context = { theme, locale, displayMode: 'inline' };
  const options = { title: 'Report', width, height: 600, message };
  const began = Date.now();
  const frame = await show(page, input, meta ? result : bare, context, options);
  await drawn();
  const firstPaint = Date.now() - began;

  /** Waits until the page is at rest: nothing is asked for, and each chart has its marks. */
  async function drawn() {
    await frame.waitForFunction(() => {
      const pictures = [...document.querySelectorAll('.picture')];
      return document.querySelector('#page').getAttribute('aria-busy') === 'false' && pictures.every((each) => each.querySelector('svg'));
    });
  }

  const seen = [];
  const STEPS = {
    /** Press an element with the mouse. */
    click: async (selector) => frame.locator(selector).first().click(),
    /** Press what lies in the middle of an element, be it another one over it. */
    point: async (selector) => frame.locator(selector).first().click({ force: true }),
    hover: async (selector) => frame.locator(selector).first().hover(),
    press: async (key, times = 1) => { for (let i = 0; i < times; i++) await page.keyboard.press(key); },
    focus: async (selector) => frame.locator(selector).first().focus(),
    choose: async (label, words) => {
      const select = frame.getByRole('combobox', { name: label, exact: true }).first();
      await select.selectOption({ label: await select.locator('option', { hasText: words }).first().innerText() });
    },
    drawn,
    wait: async (selector) => frame.locator(selector).first().waitFor(),
    context: async (changed) => page.evaluate((given) => window.bridge.setHostContext(given), { ...context, ...changed }),
    picture: async (path, most = Infinity) => {
      const height = parseInt(await page.evaluate(() => document.querySelector('iframe').style.height));
      await page.setViewportSize({ width, height: Math.min(height, most) });
      await page.screenshot({ path });
    },
    /** What is there now: for screen readers, as text, in numbers. */
    look: async (selector = 'body') => seen.push({
      tree: await frame.locator(selector).first().ariaSnapshot(),
      text: await frame.locator(selector).first().innerText(),
      status: await frame.locator('#status').innerText(),
      focused: await frame.evaluate(() => {
        const { tagName, textContent, dataset } = document.activeElement;
        return { tagName, textContent, focus: dataset.focus ?? '', outline: getComputedStyle(document.activeElement).outlineStyle };
      }),
      size: await frame.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]),
      background: await frame.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number)),
      pairs: await frame.evaluate(colourPairs),
      hacked: await frame.evaluate(() => self.hacked ?? null),
      tip: await frame.evaluate(() => (document.querySelector('#tip').hidden ? '' : document.querySelector('#tip').innerText)),
      pictures: await frame.evaluate(() => [...document.querySelectorAll('.picture text')].map((each) => each.textContent)),
      markup: await frame.evaluate(() => document.querySelectorAll('img, iframe, a[href], object, script:not([type=module])').length),
      marks: await frame.evaluate(() => document.querySelectorAll('.picture svg path').length),
      columns: await frame.evaluate(() => getComputedStyle(document.querySelector('#charts')).gridTemplateColumns.split(' ').length),
    }),
  };

  for (const [what, ...given] of steps) await STEPS[what](...given);
  const { told, said } = await page.evaluate(() => ({ told: window.told, said: window.said }));
  const torn = await page.evaluate(() => window.bridge.teardownResource({}).then(() => true, () => false));
  const height = await page.evaluate(() => document.querySelector('iframe').style.height);
  await page.close();
  return {
    mimeType: view.mimeType, result: bare, view: _meta?.['dialler-mcp/report'], seen, calls, told, said, torn, height, errors, requests, firstPaint,
    bytes: Buffer.byteLength(view.text),
  };
}
