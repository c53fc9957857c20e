// Shows the card of a job in a real browser and works it, page after page.
// Argument: the bundled page of the host. Each line on stdin is JSON {start, confirm, as, locale, theme, width, message,
// meta, failing, hasty, steps} for a page of its own, and is answered by a line of JSON: what came of it, or {failure}.
// `start`: arguments of dialler_change_contacts, whose job is shown; `confirm`: whether it is confirmed.
// `as`: what the card is told instead of what is so; `meta`: whether the host hands it on; `failing`: tools that fail.
// `hasty`: what the card does after 15 seconds it does after one.
// `steps` are done one after the other, each [what, ...with]; see STEPS.
import { hostOf } from './browser_host.mjs';
import { colourPairs } from './colours.mjs';

const TOOL = 'dialler_get_job', START = 'dialler_change_contacts', META = 'dialler-mcp/job';
const USUAL = {
  confirm: false, as: {}, locale: 'en-GB', theme: 'light', width: 1200, message: true, meta: true, failing: [], hasty: false,
  steps: [],
};

const { client, view, open, show, answer } = await hostOf('job-host', TOOL);
await answer(worked);

/** The job that a change of many contacts makes; while it is carried out, if it is confirmed. */
async function begun(start, confirm) {
  const preview = (await client.callTool({ name: START, arguments: start })).structuredContent;
  const job = Number(preview.next_step.match(/job_id (\d+)/)[1]);
  const yes = { verb: start.verb, job_id: job, confirm: preview.confirm };
  const carriedOut = confirm ? client.callTool({ name: START, arguments: yes }) : null;
  return [job, carriedOut];
}

/** What came of one page. */
async function worked(wishes) {
  const { start, confirm, as, locale, theme, width, message, meta, failing, hasty, steps } = { ...USUAL, ...wishes };
  const told = async (name, given) => {
    const answer = await client.callTool({ name, arguments: given });
    if (answer._meta?.[META]) answer._meta[META] = { ...answer._meta[META], ...as };
    return answer;
  };

  const calls = [];
  const { page, errors, requests } = await open({ theme, width, height: 900 }, (name, given) => {
    calls.push([name, given]);
    if (failing.includes(name)) return { isError: true, content: [{ type: 'text', text: 'The state is busy. <b>Ask again.</b>' }] };
    return told(name, given);
  });
  if (hasty) await page.addInitScript(() => {
    const { setTimeout } = self;
    self.setTimeout = (act, wait, ...given) => setTimeout(act, wait === 15_000 ? 1_000 : wait, ...given);
  });
  const [job, carriedOut] = await begun(start, confirm);
  const input = { job_id: job };
  while (confirm && (await told(TOOL, input))._meta[META].state === 'frozen');
  const context = { theme, locale, displayMode: 'inline' };
  const options = { title: 'Job', width, height: 400, message };
  const { _meta, ...bare } = await told(TOOL, input);
  const frame = await show(page, input, meta ? { ...bare, _meta } : bare, context, options);
  await frame.locator('#page[aria-busy=false]').waitFor();

  const seen = [];
  const STEPS = {
    focus: async (selector) => frame.locator(selector).first().focus(),
    press: async (key) => page.keyboard.press(key),
    click: async (selector) => frame.locator(selector).first().click(),
    wait: async (selector) => frame.locator(selector).first().waitFor(),
    /** Let so many milliseconds pass: nothing may happen in them. */
    pass: async (milliseconds) => page.waitForTimeout(milliseconds),
    picture: async (path) => {
      const height = parseInt(await page.evaluate(() => document.querySelector('iframe').style.height));
      await page.setViewportSize({ width, height });
      await page.screenshot({ path });
    },
    /** What is there now: for screen readers, as text, in numbers. */
    look: async () => seen.push({
      tree: await frame.locator('body').ariaSnapshot(),
      text: await frame.locator('body').innerText(),
      state: await frame.locator('#state').innerText(),
      status: await frame.locator('#status').innerText(),
      bar: await frame.locator('.bar').evaluate((bar) => ['now', 'max', 'text'].map((name) => bar.getAttribute(`aria-value${name}`))),
      language: await frame.evaluate(() => document.documentElement.lang),
      focused: await frame.evaluate(() => [document.activeElement.dataset.focus ?? '', getComputedStyle(document.activeElement).outlineStyle]),
      size: await frame.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]),
      background: await frame.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number)),
      pairs: await frame.evaluate(colourPairs),
      markup: await frame.evaluate(() => document.querySelectorAll('img, iframe, a[href], b, object, script:not([type=module])').length),
      calls: calls.length,
    }),
  };
  for (const [what, ...given] of steps) await STEPS[what](...given);
  const { said, known } = await page.evaluate(() => ({ said: window.said, known: window.told }));
  await page.close();
  await carriedOut;
  return { mimeType: view.mimeType, job, seen, calls, said, known, errors, requests };
}
