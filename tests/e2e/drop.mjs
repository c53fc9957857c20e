// Shows the card that takes a file in a real browser and works it, card after card.
// Argument: the bundled page of the host. Each line on stdin is JSON {input, locale, theme, width, message, told, most,
// held, steps} for a card of its own, and is answered by a line of JSON: what came of it, or {failure}.
// `message`, `told`: whether the host takes a message, and lets the model know; `most`: characters of a piece that it
// hands on; `held`: how many invocations it hands on before it keeps them back.
// `steps` are done one after the other, each [what, ...with]; see STEPS.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { server } from './sdk_session.mjs';

const host = readFileSync(process.argv[2], 'utf8');
const TOOL = 'dialler_check_list';
const USUAL = {
  input: {}, locale: 'en-GB', theme: 'light', width: 640, message: true, told: true, most: Infinity, held: Infinity, steps: [],
};

const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
const client = new Client(
  { name: 'drop-host', version: '1' },
  { capabilities: { extensions }, versionNegotiation: { mode: 'auto' } },
);
await client.connect(new StdioClientTransport({ ...server, stderr: 'inherit' }));
const tool = (await client.listTools()).tools.find((each) => each.name === TOOL);
const view = (await client.readResource({ uri: tool._meta.ui.resourceUri })).contents[0];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await worked(JSON.parse(line)).catch((error) => ({ failure: String(error.stack) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
await client.close();

/** What came of one card. */
async function worked(wishes) {
  const { input, locale, theme, width, message, told, most, held, steps } = { ...USUAL, ...wishes };
  const result = await client.callTool({ name: TOOL, arguments: input });
  // The machine's own colours are the opposite: what the host says counts.
  const page = await browser.newPage({
    colorScheme: theme === 'dark' ? 'light' : 'dark', locale: 'fr-FR', viewport: { width, height: 700 },
  });
  const errors = [], requests = [], calls = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && errors.push(line.text()));
  await page.setContent('<!doctype html><title>host</title><body></body>');
  page.on('request', (request) => requests.push(request.url()));
  await page.exposeFunction('callTool', async (name, given) => {
    const { data, digest, ...rest } = given;
    calls.push({ ...rest, tool: name, length: data.length });
    if (data.length > most) throw new Error('The message is too long.');
    if (calls.length > held && !given.cancel) await new Promise(() => {});
    return client.callTool({ name, arguments: given });
  });
  await page.addScriptTag({ content: host });
  const options = { title: 'List', width, height: 300, message, silent: !told };
  await page.evaluate((given) => window.show(...given), [view.text, input, result, { theme, locale, displayMode: 'inline' }, options]);
  const frame = page.frames().find((each) => each !== page.mainFrame());
  await frame.locator('h1', { hasNotText: '…' }).waitFor();

  const seen = [];
  const STEPS = {
    press: async (key, times = 1) => { for (let i = 0; i < times; i++) await page.keyboard.press(key); },
    /** Choose a file with the button that has the focus. */
    choose: async (path) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
      await chooser.setFiles(path);
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
