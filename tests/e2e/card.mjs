// Shows a confirmation card in a real browser and works it by keyboard. Prints one JSON report.
// Arguments: the bundled host page; JSON {tool, input, locale, theme, keys, picture}. `keys` are pressed one after the other.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { server } from './sdk_session.mjs';

const [bundle, wishes] = process.argv.slice(2);
const { tool, input, locale, theme, keys, picture } = JSON.parse(wishes);

const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
const client = new Client(
  { name: 'card-host', version: '1' },
  { capabilities: { extensions }, versionNegotiation: { mode: 'auto' } },
);
await client.connect(new StdioClientTransport({ ...server, stderr: 'inherit' }));
const tools = (await client.listTools()).tools;
const { uri } = { uri: tools.find((each) => each.name === tool)._meta.ui.resourceUri };
const view = (await client.readResource({ uri })).contents[0];
const preview = await client.callTool({ name: tool, arguments: input });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
// The machine's own colours are the opposite: what the host says counts.
const page = await browser.newPage({ colorScheme: theme === 'dark' ? 'light' : 'dark', locale: 'fr-FR' });
const errors = [], requests = [], calls = [];
page.on('pageerror', (error) => errors.push(error.message));
page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
await page.setContent('<!doctype html><title>host</title><body></body>');
page.on('request', (request) => requests.push(request.url()));
await page.exposeFunction('callTool', (name, given) => {
  calls.push(name);
  return client.callTool({ name, arguments: given });
});
await page.addScriptTag({ content: readFileSync(bundle, 'utf8') });
const context = { theme, locale, displayMode: 'inline' };
const frameOptions = { title: 'Confirmation', width: 640, height: 420 };
await page.evaluate((given) => window.show(...given), [view.text, input, preview, context, frameOptions]);

const frame = page.frames().find((each) => each !== page.mainFrame());
await frame.waitForFunction(() => document.querySelector('#consequences li'));
const seen = () => frame.locator('body').ariaSnapshot();
const colours = await frame.evaluate(() => [document.body, document.querySelector('#confirm')].map((element) => {
  const { color, backgroundColor } = getComputedStyle(element);
  return [color, backgroundColor].map((text) => text.match(/\d+/g).map(Number));
}));
const before = await seen();
if (picture) await page.screenshot({ path: picture });

const focused = [];
for (const key of keys) {
  await page.keyboard.press(key);
  focused.push(await frame.evaluate(() => {
    const element = document.activeElement;
    return [element.id, getComputedStyle(element).outlineStyle, document.querySelector('#confirm').disabled];
  }));
}
if (keys.some((key) => key === 'Enter' || key === 'Space')) {
  await frame.waitForFunction(() => document.querySelector('#buttons').hidden);
  await frame.evaluate(() => document.querySelector('#confirm').click()); // once more, though it cannot be seen
  await page.waitForFunction(() => window.told.length > 0);
}
if (picture) await page.screenshot({ path: picture.replace('.png', '-after.png') });
const after = await seen();
const { language, told } = { language: await frame.evaluate(() => document.documentElement.lang), told: await page.evaluate(() => window.told) };
await browser.close();
await client.close();
process.stdout.write(JSON.stringify({
  mimeType: view.mimeType, preview, before, after, colours, focused, language, calls, told, errors, requests,
}));
