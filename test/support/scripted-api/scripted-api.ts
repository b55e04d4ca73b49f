import type { KubeRequest, KubeResponse, KubeStream, Transport } from '../../../src/kube/transport/transport.ts';
import { History, type HistoryEvent } from './history.ts';
import { Pipe } from './pipe.ts';

/** What the next request meets instead of, or on top of, a good answer. */
export interface Fault {
  /** No answer: the call rejects. */
  reject?: string;
  /** This status, with a Status object for a body. */
  status?: number;
  statusBody?: object;
  headers?: Record<string, string>;
  /** The stream breaks after that many bytes. */
  cutAfter?: number;
  /** A list or an initial list is that many versions old. */
  stale?: number;
  /** Every event comes that many times. */
  repeat?: number;
  /** After every event, the one that many before it on the same stream comes again. */
  late?: number;
  /** Chunks of that many bytes. */
  chunk?: number;
  /** That event of the stream never comes. */
  drop?: number;
  /** An initial list ends without its bookmark. */
  noInitialEnd?: boolean;
}

export interface SeenRequest {
  kind: 'list' | 'watch' | 'watchList';
  version: string;
  query: URLSearchParams;
  request: KubeRequest;
}

interface Watch {
  pipe: Pipe;
  fault: Fault;
  sent: number;
  events: object[];
}

/**
 * An API server for one kind, in this process, that does what a script says: enough of list, watch and WatchList to try
 * how a client takes every kind of trouble. It proves nothing about a real server; other suites do that.
 */
export class ScriptedApi implements Transport {
  readonly history = new History();
  readonly seen: SeenRequest[] = [];
  /** One for each request to come, in order; later requests meet none. */
  faults: Fault[] = [];
  watchList: 'yes' | 'refused' | 'ignored' = 'yes';
  pageSize = Number.POSITIVE_INFINITY;
  private watches: Watch[] = [];

  put(name: string, value: number): void {
    this.history.put(name, value);
    this.publish();
  }

  remove(name: string): void {
    this.history.remove(name);
    this.publish();
  }

  bookmark(annotations?: Record<string, string>): void {
    for (const watch of this.open) this.send(watch, bookmark(this.history.version, annotations));
  }

  /** Sends something of the test's own. */
  sendRaw(text: string): void {
    for (const { pipe } of this.open) pipe.write(text);
  }

  sendEvent(event: object): void {
    this.sendRaw(`${JSON.stringify(event)}\n`);
  }

  endWatches(): void {
    for (const { pipe } of this.open) pipe.end();
  }

  cutWatches(): void {
    for (const { pipe } of this.open) pipe.fail(new Error('connection reset'));
  }

  get open(): Watch[] {
    this.watches = this.watches.filter(({ pipe }) => pipe.open);
    return this.watches;
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    return this.meet(request, (query, fault) => this.list(query, fault));
  }

  stream(request: KubeRequest): Promise<KubeStream> {
    return this.meet(request, (query, fault) => this.watch(request, query, fault));
  }

  async close(): Promise<void> {
    this.endWatches();
  }

  private async meet<T>(request: KubeRequest, answer: (query: URLSearchParams, fault: Fault) => T): Promise<T> {
    const query = new URL(request.path, 'http://server').searchParams;
    const kind = !query.has('watch') ? 'list' : query.has('sendInitialEvents') ? 'watchList' : 'watch';
    this.seen.push({ kind, version: query.get('resourceVersion') ?? '', query, request });
    const fault = this.faults.shift() ?? {};
    request.signal?.throwIfAborted();
    if (fault.reject !== undefined) throw new Error(fault.reject);
    return answer(query, fault);
  }

  private list(query: URLSearchParams, fault: Fault): KubeResponse {
    const refusal = this.refusal(query, fault);
    if (refusal !== undefined) return { ...refusal, body: refusal.text };
    const version = Math.max(1, this.history.version - (fault.stale ?? 0));
    const [offset = 0, of = version] = (query.get('continue') ?? '').split('@').filter(Boolean).map(Number);
    const all = [...this.history.at(of).values()];
    const limit = query.has('limit') ? Math.min(this.pageSize, Number(query.get('limit'))) : all.length;
    const next = offset + limit < all.length ? { continue: `${offset + limit}@${of}` } : {};
    const items = all.slice(offset, offset + limit).map(({ metadata, value }) => ({ metadata, value }));
    const page = {
      kind: 'ThingList',
      apiVersion: 'test/v1',
      metadata: { resourceVersion: String(of), ...next },
      items,
    };
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(page)) };
  }

  private watch({ signal }: KubeRequest, query: URLSearchParams, fault: Fault): KubeStream {
    const pipe = new Pipe(signal);
    const refusal = this.refusal(query, fault);
    if (refusal !== undefined) {
      pipe.write(refusal.text);
      pipe.end();
      return { ...refusal, body: pipe };
    }
    const watch = { pipe, fault, sent: 0, events: [] };
    const initial = query.has('sendInitialEvents') && this.watchList === 'yes';
    const from = initial ? this.sendInitial(watch) : Number(query.get('resourceVersion'));
    this.watches.push(watch);
    for (const event of this.history.since(from)) this.sendChange(watch, event);
    return { status: 200, headers: {}, body: pipe };
  }

  private sendInitial(watch: Watch): number {
    const version = Math.max(1, this.history.version - (watch.fault.stale ?? 0));
    for (const object of this.history.at(version).values()) this.sendChange(watch, { type: 'ADDED', version, object });
    if (!watch.fault.noInitialEnd) this.send(watch, bookmark(version, { 'k8s.io/initial-events-end': 'true' }));
    return version;
  }

  private refusal(query: URLSearchParams, fault: Fault) {
    const asked = query.get('resourceVersion') ?? '';
    if (fault.status !== undefined) return answer(fault.status, fault.statusBody ?? {}, fault.headers);
    if (query.has('sendInitialEvents') && this.watchList === 'refused') return answer(422, { reason: 'Invalid' });
    if (asked === '' || asked === '0') return undefined;
    if (Number(asked) > this.history.version) {
      return answer(504, { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
    }
    const exact = !query.has('resourceVersionMatch');
    return exact && Number(asked) < this.history.oldest ? answer(410, { reason: 'Expired' }) : undefined;
  }

  private publish(): void {
    const last = this.history.events.at(-1);
    if (last !== undefined && last.version === this.history.version) {
      for (const watch of this.open) this.sendChange(watch, last);
    }
  }

  private sendChange(watch: Watch, { type, object }: HistoryEvent): void {
    const { events, fault } = watch;
    events.push({ type, object });
    if (events.length - 1 === fault.drop) return;
    for (let i = 0; i < (fault.repeat ?? 1); i++) this.send(watch, { type, object });
    const late = fault.late === undefined ? undefined : events[events.length - 1 - fault.late];
    if (late !== undefined) this.send(watch, late);
  }

  private send(watch: Watch, event: object): void {
    const { pipe, fault } = watch;
    const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
    const left = (fault.cutAfter ?? Number.POSITIVE_INFINITY) - watch.sent;
    const size = fault.chunk ?? bytes.length;
    for (let at = 0; at < Math.min(bytes.length, left); at += size) {
      pipe.write(bytes.subarray(at, Math.min(at + size, left)));
    }
    watch.sent += bytes.length;
    if (watch.sent > (fault.cutAfter ?? Number.POSITIVE_INFINITY)) pipe.fail(new Error('connection reset'));
  }
}

function bookmark(version: number, annotations?: Record<string, string>): object {
  const metadata = { resourceVersion: String(version), ...(annotations && { annotations }) };
  return { type: 'BOOKMARK', object: { kind: 'Thing', apiVersion: 'test/v1', metadata } };
}

function answer(status: number, body: object, headers: Record<string, string> = {}) {
  const text = Buffer.from(JSON.stringify({ kind: 'Status', code: status, ...body }));
  return { status, headers, text };
}
