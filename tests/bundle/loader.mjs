// Unpacks a bundle and prints how the host would start it, once for each of the filled-in forms.
// usage: loader.mjs BUNDLE DIRECTORY '[{"key": "value"}, …]'
import { getMcpConfigForManifest, unpackExtension } from '@anthropic-ai/mcpb';
import { readFileSync } from 'node:fs';

const [bundle, directory, forms] = process.argv.slice(2);
if (!(await unpackExtension({ mcpbPath: bundle, outputDir: directory, silent: true }))) process.exit(1);
const manifest = JSON.parse(readFileSync(`${directory}/manifest.json`, 'utf8'));
const host = { manifest, extensionPath: directory, systemDirs: { HOME: process.env.HOME }, pathSeparator: '/' };
const starts = await Promise.all(
  JSON.parse(forms).map((userConfig) => getMcpConfigForManifest({ ...host, userConfig })),
);
process.stdout.write(JSON.stringify(starts));
