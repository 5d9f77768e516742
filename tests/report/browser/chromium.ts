/** A headless Chromium and as much of its DevTools protocol as the tests of the report need. */

/** Programs to try, in this order. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The path of a Chromium on this machine, if there is one. */
export function findChromium(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const paths = PROGRAMS.flatMap((program) => folders.map((folder) => `${folder}/${program}`));
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** One message of the browser: an answer to a call, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A tab of a browser that can reach nothing but files. */
export class Tab implements AsyncDisposable {
  /** Console errors, exceptions, and requests for anything but files and data, as they come. */
  readonly faults: string[] = [];
  #socket: WebSocket;
  #process: Deno.ChildProcess;
  #profile: string;
  #calls = new Map<number, (message: Message) => void>();
  #waiting = new Map<string, () => void>();
  #id = 0;

  private constructor(socket: WebSocket, process: Deno.ChildProcess, profile: string) {
    this.#socket = socket;
    this.#process = process;
    this.#profile = profile;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => this.#end();
  }

  /** Starts a browser with one tab. */
  static async open(program: string): Promise<Tab> {
    const profile = await Deno.makeTempDir({ prefix: "basin-chromium-" });
    const process = new Deno.Command(program, {
      args: [
        "--headless",
        "--no-sandbox", // as root, in containers, it cannot have one
        "--disable-gpu",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const browser = await debuggerAddress(process.stderr);
    const list = await fetch(new URL("/json/list", browser.replace("ws:", "http:")));
    const pages: { type: string; webSocketDebuggerUrl: string }[] = await list.json();
    const page = pages.find(({ type }) => type === "page")!;
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const tab = new Tab(socket, process, profile);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await tab.call(`${domain}.enable`);
    return tab;
  }

  /** Calls a method of the protocol. */
  async call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const answer = new Promise<Message>((resolve) => this.#calls.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  /** Opens a page and waits until it is loaded. */
  async goto(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#waiting.set("Page.loadEventFired", resolve);
    });
    await this.call("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page, awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const { result, exceptionDetails } = answer as {
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "failed");
    return result.value;
  }

  /** Moves the pointer to the middle of an element, and clicks there if asked to. */
  async point(selector: string, { click = false } = {}): Promise<void> {
    const { x, y } = await this.evaluate<{ x: number; y: number }>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: "center" });
      const box = element.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`);
    const types = click ? ["mouseMoved", "mousePressed", "mouseReleased"] : ["mouseMoved"];
    for (const type of types) {
      await this.call("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  /** Makes the window this wide. */
  async resize(width: number, height: number): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: width < 500 };
    await this.call("Emulation.setDeviceMetricsOverride", size);
  }

  #receive({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) {
      this.#calls.get(id)?.(answer);
      this.#calls.delete(id);
      return;
    }
    this.#waiting.get(method!)?.();
    const { type, entry, request, exceptionDetails } = params as {
      type?: string;
      entry?: { level: string; text: string };
      request?: { url: string };
      exceptionDetails?: object;
    };
    if (method === "Runtime.consoleAPICalled" && type === "error") this.#note(params);
    if (method === "Runtime.exceptionThrown") this.#note(exceptionDetails);
    if (method === "Log.entryAdded" && entry!.level === "error") this.#note(entry);
    if (method === "Network.requestWillBeSent" && !/^(file|data|about):/.test(request!.url)) {
      this.#note(request!.url);
    }
  }

  /** The browser is gone: nobody will answer any more. */
  #end(): void {
    for (const answer of this.#calls.values()) {
      answer({ error: { message: "the browser has ended" } });
    }
    this.#calls.clear();
  }

  #note(fault: unknown): void {
    this.faults.push(typeof fault === "string" ? fault : JSON.stringify(fault));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    // It ends its own processes first; killed outright, it leaves them writing the profile.
    this.#process.kill("SIGTERM");
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), 5000);
    await this.#process.status;
    clearTimeout(impatience);
    await this.#process.stderr.cancel().catch(() => {});
    await removeProfile(this.#profile);
  }
}

/** The browser's helpers outlive it by a moment, and may write while their folder is emptied. */
async function removeProfile(folder: string): Promise<void> {
  for (let attempts = 1;; attempts++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (attempts === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The browser says on stderr at which address it listens. */
async function debuggerAddress(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stderr.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Chromium ended before it listened: ${text}`);
    text += decoder.decode(value, { stream: true });
    const address = /DevTools listening on (ws:\S+)\s/.exec(text)?.[1];
    if (address === undefined) continue;
    reader.releaseLock();
    return address;
  }
}
