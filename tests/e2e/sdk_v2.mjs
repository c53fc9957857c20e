// The official TypeScript SDK, version 2, both eras. Arguments: accept, decline or cancel; legacy or auto.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { person, report, server } from './sdk_session.mjs';

const [answer, mode] = process.argv.slice(2);
const someone = person(answer);
const client = new Client(
  { name: 'sdk-v2', version: '1' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
);
client.setRequestHandler('elicitation/create', (request) => someone.answer(request));
await client.connect(new StdioClientTransport({ ...server, stderr: 'inherit' }));
await report({
  client, version: client.getNegotiatedProtocolVersion(), questions: someone.questions,
  call: (params, options) => client.callTool(params, options),
});
