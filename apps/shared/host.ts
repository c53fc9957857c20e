/** The host around the page: JSON-RPC by postMessage, MCP Apps 2026-01-26. */

export interface ToolResult {
  content?: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

export interface HostContext {
  theme?: 'light' | 'dark';
  locale?: string;
}

export interface HostCapabilities {
  message?: object;
  updateModelContext?: object;
}

/** What the host tells the page on its own account. */
export interface Listener {
  context(context: HostContext): void;
  input(given: Record<string, unknown>): void;
  result(result: ToolResult): void;
  cancelled(): void;
}

interface Message {
  jsonrpc: '2.0';
  id?: number | string;
  method?: string;
  params?: any;
  result?: any;
  error?: { message?: string };
}

export class Host {
  capabilities: HostCapabilities = {};
  #last = 0;
  readonly #waiting = new Map<number | string, { done: (result: any) => void; failed: (error: Error) => void }>();

  constructor(private readonly listener: Listener) {
    addEventListener('message', (event: MessageEvent<Message>) => {
      if (event.source === parent && event.data?.jsonrpc === '2.0') this.#take(event.data);
    });
  }

  async connect(): Promise<void> {
    const appInfo = { name: 'dialler-mcp', version: '1' };
    const about = await this.#ask('ui/initialize', { appInfo, appCapabilities: {}, protocolVersion: '2026-01-26' });
    this.capabilities = about?.hostCapabilities ?? {};
    this.listener.context(about?.hostContext ?? {});
    this.#send({ method: 'ui/notifications/initialized', params: {} });
  }

  call(name: string, given: object): Promise<ToolResult> {
    return this.#ask('tools/call', { name, arguments: given });
  }

  /** Say something in the conversation, as the person. */
  message(text: string): Promise<unknown> {
    return this.#ask('ui/message', { role: 'user', content: [{ type: 'text', text }] });
  }

  /** Let the model know what the person looks at, where the host allows that. */
  tell(text: string): void {
    if (!this.capabilities.updateModelContext) return;
    this.#ask('ui/update-model-context', { content: [{ type: 'text', text }] }).catch(() => {});
  }

  resized(height: number): void {
    this.#send({ method: 'ui/notifications/size-changed', params: { height } });
  }

  #send(message: Omit<Message, 'jsonrpc'>): void {
    parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  }

  #ask(method: string, params: object): Promise<any> {
    const id = ++this.#last;
    this.#send({ id, method, params });
    return new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id !== undefined && !method) {
      const entry = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) entry?.failed(new Error(error.message ?? ''));
      else entry?.done(result);
      return;
    }
    switch (method) {
      case 'ui/notifications/tool-input':
        this.listener.input(params?.arguments ?? {});
        break;
      case 'ui/notifications/tool-result':
        this.listener.result(params ?? {});
        break;
      case 'ui/notifications/tool-cancelled':
        this.listener.cancelled();
        break;
      case 'ui/notifications/host-context-changed':
        this.listener.context(params ?? {});
        break;
    }
    if (id !== undefined) this.#send({ id, result: {} }); // ping, ui/resource-teardown
  }
}

/** What a tool says in words. */
export function wordsOf(result: ToolResult): string {
  return (result.content ?? []).map((block) => block.text ?? '').join('\n').trim();
}
