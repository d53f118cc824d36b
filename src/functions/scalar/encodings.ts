import { notSupported, SqlError } from '../../base/sql-error.ts'
import { encodeUtf8 } from '../../types/utf8.ts'

/** PostgreSQL's encodings by number. Those of one byte a character are converted; of the others only the names are known. */
export const ENCODINGS =
  'SQL_ASCII EUC_JP EUC_CN EUC_KR EUC_TW EUC_JIS_2004 UTF8 MULE_INTERNAL LATIN1 LATIN2 LATIN3 LATIN4 LATIN5 LATIN6 LATIN7 LATIN8 LATIN9 LATIN10 WIN1256 WIN1258 WIN866 WIN874 KOI8R WIN1251 WIN1252 ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8 WIN1250 WIN1253 WIN1254 WIN1255 WIN1257 KOI8U SJIS BIG5 GBK UHC GB18030 JOHAB SHIFT_JIS_2004'.split(
    ' ',
  )

const ALIASES: Readonly<Record<string, string>> = {
  abc: 'WIN1258',
  tcvn: 'WIN1258',
  tcvn5712: 'WIN1258',
  vscii: 'WIN1258',
  alt: 'WIN866',
  win: 'WIN1251',
  koi8: 'KOI8R',
  unicode: 'UTF8',
  mskanji: 'SJIS',
  shiftjis: 'SJIS',
  win932: 'SJIS',
  windows932: 'SJIS',
  win936: 'GBK',
  windows936: 'GBK',
  win949: 'UHC',
  windows949: 'UHC',
  win950: 'BIG5',
  windows950: 'BIG5',
  iso88591: 'LATIN1',
  iso88592: 'LATIN2',
  iso88593: 'LATIN3',
  iso88594: 'LATIN4',
  iso88599: 'LATIN5',
  iso885910: 'LATIN6',
  iso885913: 'LATIN7',
  iso885914: 'LATIN8',
  iso885915: 'LATIN9',
  iso885916: 'LATIN10',
}

/** Letters and digits alone count. */
const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')
const BY_NAME = new Map(ENCODINGS.map((name) => [bare(name), name]))

export function encodingByName(name: string): string | undefined {
  const word = bare(name)
  return BY_NAME.get(word) ?? ALIASES[word] ?? BY_NAME.get(word.replace(/^windows/, 'win'))
}

const BYTES_MAX: Readonly<Record<string, number>> = { EUC_TW: 4, UTF8: 4, MULE_INTERNAL: 4, GB18030: 4, JOHAB: 3 }

export function bytesMax(encoding: string): number {
  if (encoding.startsWith('EUC')) return BYTES_MAX[encoding] ?? 3
  return BYTES_MAX[encoding] ?? (/^(SJIS|SHIFT|BIG5|GBK|UHC)/.test(encoding) ? 2 : 1)
}

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => `0x${b.toString(16).padStart(2, '0')}`).join(' ')

const badBytes = (encoding: string, bytes: Uint8Array): SqlError =>
  new SqlError('22021', `invalid byte sequence for encoding "${encoding}": ${hex(bytes)}`)

const noEquivalent = (bytes: Uint8Array, from: string, to: string): SqlError =>
  new SqlError(
    '22P05',
    `character with byte sequence ${hex(bytes)} in encoding "${from}" has no equivalent in encoding "${to}"`,
  )

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const sizeOf = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1)

/** Throws at the first sequence that is no character of the encoding. */
export function verifyBytes(bytes: Uint8Array, encoding: string): void {
  const zero = bytes.indexOf(0)
  if (encoding !== 'UTF8') {
    if (zero >= 0) throw badBytes(encoding, bytes.subarray(zero, zero + 1))
    return
  }
  for (let at = 0; at < bytes.length; ) {
    const size = sizeOf(bytes[at])
    const character = bytes.subarray(at, at + size)
    if (bytes[at] === 0 || !decodes(character)) throw badBytes('UTF8', character)
    at += size
  }
}

function decodes(character: Uint8Array): boolean {
  try {
    return [...utf8.decode(character)].length === 1
  } catch {
    return false
  }
}

const LABELS: Readonly<Record<string, string>> = {
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  WIN866: 'ibm866',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
}
const TURKISH: Readonly<Record<number, number>> = {
  208: 0x11e,
  221: 0x130,
  222: 0x15e,
  240: 0x11f,
  253: 0x131,
  254: 0x15f,
}

const tables = new Map<string, readonly (number | null)[]>()

/** The code point of each byte. */
function tableOf(encoding: string): readonly (number | null)[] {
  let table = tables.get(encoding)
  if (table === undefined) {
    table = makeTable(encoding)
    tables.set(encoding, table)
  }
  return table
}

function makeTable(encoding: string): readonly (number | null)[] {
  const bytes = Array.from({ length: 256 }, (_, i) => i)
  if (encoding === 'LATIN1') return bytes
  if (encoding === 'LATIN5') return bytes.map((byte) => TURKISH[byte] ?? byte)
  const windows = /^WIN(125\d|874)$/.exec(encoding)
  const label = windows === null ? LABELS[encoding] : `windows-${windows[1]}`
  if (label === undefined) throw notSupported(`the encoding ${encoding}`)
  const decoder = new TextDecoder(label)
  return bytes.map((byte) => {
    const code = decoder.decode(Uint8Array.of(byte)).codePointAt(0)!
    // Bytes that mean nothing in Windows' pages are control characters in browsers' tables.
    const unused = code === 0xfffd || (windows !== null && code >= 0x80 && code < 0xa0)
    return unused ? null : code
  })
}

/** Text of bytes in an encoding; `target` is whose name errors tell. */
export function decodeBytes(bytes: Uint8Array, encoding: string): string {
  verifyBytes(bytes, encoding)
  if (encoding === 'SQL_ASCII') verifyBytes(bytes, 'UTF8')
  if (encoding === 'SQL_ASCII' || encoding === 'UTF8') return utf8.decode(bytes)
  const table = tableOf(encoding)
  let text = ''
  for (const byte of bytes) {
    const code = table[byte]
    if (code === null) throw noEquivalent(Uint8Array.of(byte), encoding, 'UTF8')
    text += String.fromCharCode(code)
  }
  return text
}

export function encodeText(text: string, encoding: string): Uint8Array {
  if (encoding === 'SQL_ASCII' || encoding === 'UTF8') return encodeUtf8(text)
  const table = tableOf(encoding)
  return Uint8Array.from([...text], (character) => {
    const byte = table.indexOf(character.codePointAt(0)!)
    if (byte < 0) throw noEquivalent(encodeUtf8(character), 'UTF8', encoding)
    return byte
  })
}
