// A host's page for MCP Apps, with the official AppBridge. Bundled for the browser when the tests run.
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

// What a host puts on a view that asks for nothing: https://modelcontextprotocol.io, MCP Apps 2026-01-26, default CSP.
const CSP = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/** Show the view in a sandboxed frame, as the answer of a tool. `callTool` comes from the test. */
window.show = async (page, input, result, hostContext, { title, width, height, message, silent }) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = title;
  frame.style.cssText = `width: ${width}px; height: ${height}px; border: 0`;
  document.body.style.margin = '0';
  document.body.append(frame);

  const capabilities = {
    serverTools: {}, ...(silent ? {} : { updateModelContext: { text: {} } }), ...(message ? { message: { text: {} } } : {}),
  };
  const bridge = new AppBridge(null, { name: 'test-host', version: '1' }, capabilities, { hostContext });
  window.told = [];
  window.said = [];
  bridge.oncalltool = ({ name, arguments: given }) => window.callTool(name, given);
  bridge.onupdatemodelcontext = async ({ content }) => { window.told.push(content); return {}; };
  bridge.onmessage = async ({ content }) => { window.said.push(content); return {}; };
  bridge.onsizechange = ({ height }) => { frame.style.height = `${height}px`; };
  window.bridge = bridge;
  const ready = new Promise((done) => { bridge.oninitialized = done; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = page.replace('<head>', `<head><meta http-equiv="Content-Security-Policy" content="${CSP}">`);
  await ready;
  await bridge.sendToolInput({ arguments: input });
  await bridge.sendToolResult(result);
};
