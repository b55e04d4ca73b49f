import { MalformedAnswer, type Packet } from './pkt-line.ts';

/** What a host says first: that it takes commands, or (protocol 0 and 1) at once all its refs. */
export type Advertisement =
  | { readonly version: 2; readonly objectFormat: string | undefined }
  | { readonly version: 1; readonly refs: AsyncIterable<AdvertisedRef> };

/** A ref as a host lists it. An annotated tag is followed by one of the same name and `^{}`, or carries `peeled`. */
export interface AdvertisedRef {
  readonly id: string;
  readonly name: string;
  readonly peeled: string | undefined;
}

type Packets = AsyncIterator<Packet, void>;

/** Reads as far as it takes to know the protocol; the refs of the older ones are read by whoever wants them. */
export async function readAdvertisement(packets: Packets): Promise<Advertisement> {
  let first = await next(packets);
  if (textOf(first).startsWith('# service=')) {
    if ((await next(packets)) !== 'flush') throw new MalformedAnswer('it does not begin as git hosts do');
    first = await next(packets);
  }
  if (textOf(first) === 'version 2') return { version: 2, objectFormat: await objectFormat(packets) };
  if (textOf(first) === 'version 1') first = await next(packets);
  return { version: 1, refs: olderRefs(packets, first) };
}

/** Refs as `ls-refs` of protocol 2 lists them. */
export async function* listedRefs(packets: Packets): AsyncGenerator<AdvertisedRef> {
  for (let packet = await next(packets); packet !== 'flush'; packet = await next(packets)) {
    const [id = '', name = '', ...attributes] = textOf(packet).split(' ');
    if (id === 'unborn') continue;
    const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
    yield { id: objectId(id), name, peeled: peeled === undefined ? undefined : objectId(peeled) };
  }
  await readToEnd(packets);
}

async function* olderRefs(packets: Packets, first: Packet): AsyncGenerator<AdvertisedRef> {
  for (let packet = first; packet !== 'flush'; packet = await next(packets)) {
    const [ref = ''] = textOf(packet).split('\0');
    if (ref.startsWith('shallow ')) continue;
    const space = ref.indexOf(' ');
    yield { id: objectId(ref.slice(0, Math.max(0, space))), name: ref.slice(space + 1), peeled: undefined };
  }
  await readToEnd(packets);
}

async function objectFormat(packets: Packets): Promise<string | undefined> {
  let format: string | undefined;
  for (let packet = await next(packets); packet !== 'flush'; packet = await next(packets)) {
    format = /^object-format=(sha1|sha256)$/.exec(textOf(packet))?.[1] ?? format;
  }
  await readToEnd(packets);
  return format;
}

/** A connection is used again only after an answer that was read whole. */
async function readToEnd(packets: Packets): Promise<void> {
  while ((await packets.next()).done !== true);
}

/** An answer that merely ends is a broken connection: read as a list, it would say that a branch is gone. */
async function next(packets: Packets): Promise<Packet> {
  const { value: packet, done } = await packets.next();
  if (done === true) throw new MalformedAnswer('it ends too early');
  if (textOf(packet).startsWith('ERR ')) throw new MalformedAnswer('the host says that it cannot serve the repository');
  return packet;
}

function textOf(packet: Packet): string {
  return typeof packet === 'string' ? '' : packet.line;
}

function objectId(text: string): string {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new MalformedAnswer('a ref has no valid object id');
  return text;
}
