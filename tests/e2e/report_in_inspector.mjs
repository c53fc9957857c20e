// Opens the live view in the Inspector's web client, a host that is not ours, filters it and lists contacts.
// Arguments: the Inspector's address; its token; the server's address; a file for a picture, or nothing. Prints JSON.
import { chromium } from 'playwright-core';

const [inspector, token, serverUrl, picture] = process.argv.slice(2);
const appArgs = Buffer.from(JSON.stringify({ campaign_ids: [538, 551] })).toString('base64url');
const link = new URLSearchParams({
  serverUrl, transport: 'http', autoConnect: token, openApp: 'dialler_campaign_report', appArgs, autoOpen: token,
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage({ locale: 'en-GB', colorScheme: 'light', viewport: { width: 1500, height: 1100 } });
const errors = [];
page.on('pageerror', (error) => errors.push(error.message));
await page.goto(`${inspector}/?${link}`);

// The view lies in a frame of the host's sandbox, which is a page on another origin.
const view = page.frameLocator('iframe').frameLocator('iframe');
const heading = view.getByRole('heading', { level: 1, name: 'Campaign 1000' });
await heading.waitFor();
await view.locator('.results .mark-rect path').first().waitFor();
const origin = await heading.evaluate(() => self.origin);
const attempts = () => view.locator('.cards dd strong').first().innerText();
const before = await attempts();
await view.locator('.results .mark-rect path').first().click();
await view.getByRole('button', { name: /^Remove filter/ }).waitFor();
const after = await attempts();
if (picture) await page.screenshot({ path: picture });
await view.locator('.left .mark-rect path').first().click();
await view.locator('#contacts tbody tr').first().waitFor();
const contacts = await view.locator('#contacts tbody tr').count();
const tools = await page.evaluate(() => document.body.innerText.includes('dialler_report_view'));
const wide = await heading.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
await browser.close();
process.stdout.write(JSON.stringify({ origin, before, after, contacts, tools, wide, errors }));
