// What a person's day looks like to a client of the official TypeScript SDK. Prints one JSON report.
// Each version of the SDK passes `client` with: connect, version, list, call(params, options), and the rest of its own.

export const CONTACT10 = 215220;

/** The command that starts the server, and its environment. */
export const server = {
  command: process.env.SERVER,
  args: [],
  env: { PATH: process.env.PATH, HOME: process.env.HOME, ...JSON.parse(process.env.SERVER_ENV) },
};

/** Answers the client's questions as the caller wants them, and keeps them. */
export function person(answer) {
  const questions = [];
  return {
    questions,
    async answer({ params }) {
      questions.push({ text: params.message, form: params.requestedSchema });
      return answer === 'accept' ? { action: 'accept', content: { confirm: true } } : { action: answer };
    },
  };
}

export async function report({ client, version, call, questions }) {
  const progress = [];
  const tools = (await client.listTools()).tools.map((tool) => tool.name);
  const listed = await call(
    { name: 'dialler_list_contacts', arguments: {} },
    { onprogress: (step) => progress.push(step.progress) },
  );
  const found = await call({ name: 'dialler_find_contacts_by_user_data', arguments: { user_data: 'Contact10' } });
  const refused = await call({ name: 'dialler_get_contact', arguments: { contact_id: 1 } });
  const prompt = await client.getPrompt({ name: 'contact_history_summary', arguments: { user_data: 'Contact10' } });
  const completion = await client.complete({
    ref: { type: 'ref/prompt', name: 'campaign_report' },
    argument: { name: 'campaign', value: 'Campaign 1000' },
  });
  const resource = await client.readResource({ uri: `dialler://contacts/${CONTACT10}` });
  const unknownPrompt = await client.getPrompt({ name: 'nothing' }).then(() => null, (error) => error.code);
  const deletion = await call({ name: 'dialler_delete_contact', arguments: { contact_id: CONTACT10 } });
  const after = await call({ name: 'dialler_find_contacts_by_user_data', arguments: { user_data: 'Contact10' } });
  await client.close();
  process.stdout.write(JSON.stringify({
    version, tools, listed, found, progress, refused, prompt, resource, unknownPrompt, questions, deletion, after,
    completion: completion.completion.values,
  }));
}
