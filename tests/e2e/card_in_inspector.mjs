// Deletes Contact10 in the Inspector's web client, a host that is not ours: it asks, and then shows the card.
// Arguments: the Inspector's address; its token; the server's address; a file for a picture, or nothing. Prints JSON.
import { chromium } from 'playwright-core';
import { CONTACT10 } from './sdk_session.mjs';

const [inspector, token, serverUrl, picture] = process.argv.slice(2);
const appArgs = Buffer.from(JSON.stringify({ contact_id: CONTACT10 })).toString('base64url');
const link = new URLSearchParams({
  serverUrl, transport: 'http', autoConnect: token, openApp: 'dialler_delete_contact', appArgs, autoOpen: token,
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage({ locale: 'en-GB' });
const errors = [];
page.on('pageerror', (error) => errors.push(error.message));
await page.goto(`${inspector}/?${link}`);
const dialog = page.getByRole('dialog', { name: 'Elicitation Request' });
await dialog.waitFor();
const question = await dialog.innerText();
await dialog.getByRole('checkbox', { name: 'Confirm' }).check();
await dialog.getByRole('button', { name: 'Submit' }).click();

// The card lies in a frame of the host's sandbox, which is a page on another origin.
const card = page.frameLocator('iframe').frameLocator('iframe');
const heading = card.getByRole('heading', { name: 'deleted' });
await heading.waitFor();
const told = await heading.textContent();
const origin = await heading.evaluate(() => self.origin);
const buttons = await card.getByRole('button').count();
if (picture) await page.screenshot({ path: picture });
await browser.close();
process.stdout.write(JSON.stringify({ question, told, origin, buttons, errors }));
