// Builds an app into one HTML file without any reference to the outside: see scripts/apps.
import { defineConfig } from 'vite';

/** Puts script and style into the page itself, as hosts want it. The script goes last, where the page is there already. */
const inOneFile = {
  name: 'in-one-file',
  enforce: 'post',
  generateBundle: {
    order: 'post', // after the licences of what is in it were gathered
    handler(_, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName.endsWith('.html'));
      const code = files.filter((file) => file.type === 'chunk').map((file) => file.code).join('\n');
      const style = files.filter((file) => file.fileName.endsWith('.css')).map((file) => file.source).join('\n');
      for (const { fileName, source } of files) {
        const nobodys = fileName.endsWith('.md') && /does not bundle any/.test(source); // nothing in it is of others
        if (nobodys || !/\.(html|md)$/.test(fileName)) delete bundle[fileName];
      }
      const script = code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      page.source = page.source
        .replace(/\s*<(script|link)\b[^>]*\b(src|href)=[^>]*>(<\/script>)?/g, '')
        .replace('</head>', () => `<style>${style.trim()}</style>\n</head>`)
        .replace('</body>', () => `<script type="module">${script}</script>\n</body>`);
    },
  },
};

const app = process.env.APP; // its folder, and the name of its page

export default defineConfig({
  plugins: [inOneFile],
  // Vega-Lite takes four helpers from the whole of Vega; they come from here. What draws is imported piece by piece.
  resolve: { alias: [{ find: /^vega$/, replacement: 'vega-util' }] },
  build: {
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    modulePreload: false,
    license: { fileName: `${app}.licenses.md` },
    rollupOptions: { input: new URL(`${app}/${app}.html`, import.meta.url).pathname },
  },
});
