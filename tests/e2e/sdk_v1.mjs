// The official TypeScript SDK, version 1: it knows the handshake era only. Argument: accept, decline or cancel.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { person, report, server } from './sdk_session.mjs';

const someone = person(process.argv[2]);
const client = new Client({ name: 'sdk-v1', version: '1' }, { capabilities: { elicitation: { form: {} } } });
client.setRequestHandler(ElicitRequestSchema, (request) => someone.answer(request));
const transport = new StdioClientTransport({ ...server, stderr: 'inherit' });
let version;
transport.setProtocolVersion = (negotiated) => { version = negotiated; };
await client.connect(transport);
await report({
  client, version, questions: someone.questions,
  call: (params, options) => client.callTool(params, undefined, options),
});
