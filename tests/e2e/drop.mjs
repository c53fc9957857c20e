// Shows the card that takes a file in a real browser and works it, card after card.
// Argument: the bundled page of the host. Each line on stdin is JSON {input, locale, theme, width, message, told, most,
// held, steps} for a card of its own, and is answered by a line of JSON: what came of it, or {failure}.
// `message`, `told`: whether the host takes a message, and lets the model know; `most`: characters of a piece that it
// hands on; `held`: how many invocations it hands on before it keeps them back.
// `steps` are done one after the other, each [what, ...with]; see STEPS.
import { hostOf } from './browser_host.mjs';

const TOOL = 'dialler_check_list';
const USUAL = {
  input: {}, locale: 'en-GB', theme: 'light', width: 640, message: true, told: true, most: Infinity, held: Infinity, steps: [],
};

const { client, view, open, show, answer } = await hostOf('drop-host', TOOL);
await answer(worked);

/** What came of one card. */
async function worked(wishes) {
  const { input, locale, theme, width, message, told, most, held, steps } = { ...USUAL, ...wishes };
  const result = await client.callTool({ name: TOOL, arguments: input });
  const calls = [];
  const { page, errors, requests } = await open({ theme, width, height: 700 }, async (name, given) => {
    const { data, digest, ...rest } = given;
    calls.push({ ...rest, tool: name, length: data.length });
    if (data.length > most) throw new Error('The message is too long.');
    if (calls.length > held && !given.cancel) await new Promise(() => {});
    return client.callTool({ name, arguments: given });
  });
  // Asked for now: were it asked for with the key, the dialog could open before the browser knows that we take it.
  const chooser = new Promise((opened) => page.once('filechooser', opened));
  const options = { title: 'List', width, height: 300, message, silent: !told };
  const frame = await show(page, input, result, { theme, locale, displayMode: 'inline' }, options);
  await frame.locator('h1', { hasNotText: '…' }).waitFor();

  const seen = [];
  const STEPS = {
    press: async (key, times = 1) => { for (let i = 0; i < times; i++) await page.keyboard.press(key); },
    /** Choose a file with the button that has the focus. */
    choose: async (path) => {
      await page.keyboard.press('Enter');
      await (await chooser).setFiles(path);
    },
    /** Let files fall on the card: [name, text] each. */
    drop: async (...files) => frame.evaluate((given) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of given) dataTransfer.items.add(new File([text], name));
      for (const kind of ['dragenter', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, files),
    wait: async (words) => frame.locator('#status', { hasText: words }).waitFor(),
    /** Wait until the page has asked for so much. */
    asked: async (count) => { while (calls.length < count) await page.waitForTimeout(20); },
    picture: async (path) => {
      const height = parseInt(await page.evaluate(() => document.querySelector('iframe').style.height));
      await page.setViewportSize({ width, height });
      await page.screenshot({ path });
    },
    /** What is there now: for screen readers, and in numbers. */
    look: async () => seen.push({
      tree: await frame.locator('body').ariaSnapshot(),
      status: await frame.locator('#status').innerText(),
      focused: await frame.evaluate(() => document.activeElement.id),
      size: await frame.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]),
      markup: await frame.evaluate(() => document.querySelectorAll('main b, main img').length),
      pairs: await frame.evaluate(() => [...document.querySelectorAll('main *')]
        .filter((each) => each.checkVisibility() && each.innerText?.trim() && !each.disabled)
        .map((each) => [getComputedStyle(each).color, getComputedStyle(each.matches('.act') ? each : document.body).backgroundColor])
        .map((pair) => pair.map((text) => text.match(/\d+/g).map(Number)))),
    }),
  };
  for (const [what, ...given] of steps) await STEPS[what](...given);
  const language = await frame.evaluate(() => document.documentElement.lang);
  const heard = await page.evaluate(() => ({ told: window.told, said: window.said }));
  await page.close();
  return { mimeType: view.mimeType, result, language, seen, calls, errors, requests, ...heard };
}
