// A host that stays: one server and one browser for all pages that are asked for, since to start them takes longest.
// Its programs take the bundled page of the host as their argument.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { server } from './sdk_session.mjs';

/** The host of this name, with the view that belongs to the tool. */
export async function hostOf(name, toolName) {
  const script = readFileSync(process.argv[2], 'utf8');
  const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
  const client = new Client({ name, version: '1' }, { capabilities: { extensions }, versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ ...server, stderr: 'inherit' }));
  const tool = (await client.listTools()).tools.find((each) => each.name === toolName);
  const view = (await client.readResource({ uri: tool._meta.ui.resourceUri })).contents[0];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

  /** An empty page of the host, with the errors and requests that it sees; `callTool` answers what a view asks for. */
  async function open({ theme, width, height }, callTool) {
    // The machine's own colours are the opposite: what the host says counts.
    const page = await browser.newPage({
      colorScheme: theme === 'dark' ? 'light' : 'dark', locale: 'fr-FR', viewport: { width, height },
    });
    const errors = [], requests = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (line) => ['error', 'warning'].includes(line.type()) && errors.push(line.text()));
    await page.setContent('<!doctype html><title>host</title><body></body>');
    page.on('request', (request) => requests.push(request.url()));
    await page.exposeFunction('callTool', callTool);
    await page.addScriptTag({ content: script });
    return { page, errors, requests };
  }

  /** Show the view on such a page; its frame. */
  async function show(page, ...given) {
    await page.evaluate((all) => window.show(...all), [view.text, ...given]);
    return page.frames().find((each) => each !== page.mainFrame());
  }

  /** Answer each line of JSON on stdin with one: what comes of it, or {failure}. */
  async function answer(worked) {
    for await (const line of createInterface({ input: process.stdin })) {
      const outcome = await worked(JSON.parse(line)).catch((error) => ({ failure: String(error.stack) }));
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
    }
    await browser.close();
    await client.close();
  }

  return { client, view, open, show, answer };
}
