// A zip written byte by byte for the tests, so that they can also make the broken and hostile ones no tool would write.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipItem {
  readonly name: string | Buffer;
  readonly bytes?: Uint8Array;
  readonly method?: 'store' | 'deflate' | number;
  /** Instead of the true checksum. */
  readonly crc?: number;
  /** Instead of the true unpacked size. */
  readonly statedSize?: number;
  readonly encrypted?: boolean;
  /** Unix mode, file type included; 0o120777 is a symbolic link. */
  readonly mode?: number;
  /** Says that its name is UTF-8 (default true). */
  readonly utf8?: boolean;
  /** Points at the packed bytes of the item of this index instead of its own. */
  readonly sharesBytesOf?: number;
}

/** The bytes of a zip of `items`. */
export function makeZip(items: readonly ZipItem[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const item of items) {
    const { local, central } = makeItem(item, offsets[item.sharesBytesOf ?? -1] ?? offset);
    offsets.push(item.sharesBytesOf === undefined ? offset : (offsets[item.sharesBytesOf] ?? 0));
    directory.push(central);
    if (item.sharesBytesOf !== undefined) continue;
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

function makeItem(item: ZipItem, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const bytes = item.bytes ?? Buffer.alloc(0);
  const method = item.method === undefined || item.method === 'store' ? 0 : item.method === 'deflate' ? 8 : item.method;
  const packed = method === 8 ? deflateRawSync(bytes) : bytes;
  const name = Buffer.from(item.name);
  const flags = (item.utf8 === false ? 0 : 0x800) | (item.encrypted === true ? 1 : 0);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(item.crc ?? crc32(bytes), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(item.statedSize ?? bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const signature = (value: number): Buffer => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    return buffer;
  };
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((item.mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([signature(0x04034b50), fields, name, packed]),
    // Made by Unix (3), so that the mode counts.
    central: Buffer.concat([signature(0x02014b50), Buffer.from([20, 3]), fields, rest, name]),
  };
}
