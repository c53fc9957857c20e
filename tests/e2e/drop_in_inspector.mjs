// Hands in a list on the card in the Inspector's web client, a host that is not ours.
// Arguments: the Inspector's address; its token; the server's address; the list; a file for a picture, or nothing.
// Prints JSON.
import { chromium } from 'playwright-core';

const [inspector, token, serverUrl, list, picture] = process.argv.slice(2);
const appArgs = Buffer.from('{}').toString('base64url');
const link = new URLSearchParams({
  serverUrl, transport: 'http', autoConnect: token, openApp: 'dialler_check_list', appArgs, autoOpen: token,
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage({ locale: 'en-GB', colorScheme: 'light', viewport: { width: 1500, height: 900 } });
const errors = [];
page.on('pageerror', (error) => errors.push(error.message));
const chooser = new Promise((opened) => page.once('filechooser', opened));
await page.goto(`${inspector}/?${link}`);

// The card lies in a frame of the host's sandbox, which is a page on another origin.
const card = page.frameLocator('iframe').frameLocator('iframe');
const choose = card.getByRole('button', { name: /^(Choose a file|Datei auswählen)/ });
await choose.waitFor();
const origin = await choose.evaluate(() => self.origin);
await choose.click();
await (await chooser).setFiles(list);
const status = card.locator('#status', { hasText: 'Do not attach' });
await status.waitFor();
const told = await status.innerText();
if (picture) await page.screenshot({ path: picture });
await browser.close();
process.stdout.write(JSON.stringify({ origin, told, errors }));
