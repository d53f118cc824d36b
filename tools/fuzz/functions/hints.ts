/**
 * Arguments that random text would hardly hit: by function and place, `*` for every text argument. Numbers that decide how long a
 * result is (`repeat`, `lpad`) are kept small, so that what is compared is what they make and not how much memory there is.
 */
const FIELDS =
  'century day decade dow doy epoch hour isodow isoyear julian microseconds millennium milliseconds minute month quarter second timezone timezone_hour timezone_minute week year DAY Hours usec ms nosuch'.split(
    ' ',
  )
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'EST',
  'CET',
  'utc',
  '+05',
  '-03:30',
  'nowhere',
  'Pacific/Apia',
]
const DATE_PICTURES = [
  'YYYY-MM-DD HH24:MI:SS.US',
  'Day, DD Mon YYYY',
  'FMDay FMDDth FMMonth YYYY BC',
  'Y,YYY IYYY-IW-ID',
  'J Q CC W WW D DDD DDth',
  'HH12:MI:SS.MS am',
  'TZ tz TZH TZM OF',
  'YYYYMMDD',
  '"Year" YYY YY Y',
  'RM rm SSSS SSSSS',
  'FF1 FF3 FF6',
  'DY dy Dy MON mon MONTH month',
  'FX YYYY MM DD',
  'A.D. b.c. P.M.',
  'IYY IY I IDDD',
  'TMMonth TMDay',
  'xyz',
]
const NUMBER_PICTURES = [
  '9999.99',
  '000000',
  'S9,999.99',
  '9G999D99',
  'PR999',
  '999PR',
  'FM999.99',
  'RN',
  'FMrn',
  '9.99EEEE',
  'MI99',
  '99V99',
  'SG999',
  'L999',
  '999th',
  'B999',
  '0.0',
  'FM9999999999999999999990.0999',
]
const PATTERNS = [
  'a',
  'b+',
  '(a)(b)?',
  '[A-Z]+',
  '\\d+',
  '^.',
  '.$',
  '',
  '(?i)A',
  'x|y',
  '\\s',
  '(',
  'a{2,1}',
  '\\w+',
  '[[:alpha:]]',
  '(.)(.)',
]
const FLAGS = ['g', 'i', 'gi', '', 'n', 'x', 'q', 'z', 'p', 'c']
const LENGTHS = ['0', '1', '2', '3', '5', '20', '-1', '-2147483648', '100']
const ENCODINGS = ['UTF8', 'utf-8', 'LATIN1', 'SQL_ASCII', 'nosuch']
const FORMS = ['NFC', 'NFD', 'NFKC', 'nfkd', 'nosuch']
const BASES = ['hex', 'base64', 'escape', 'HEX', 'nosuch']
const UNITS = [
  'microseconds',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'decade',
  'century',
  'millennium',
  'nosuch',
]

const WORKED = [
  '0',
  '1',
  '2',
  '0.5',
  '-1',
  '1.5',
  '10',
  '3.25',
  '-0.001',
  '12.345678',
  'NaN',
  'Infinity',
  '-Infinity',
  '100',
  '0.00000001',
  '123.456',
]
const regexp = { '*': [...PATTERNS, ...FLAGS, 'abc ABC', 'aab 12 xyz', 'foo.bar', '\\1x\\2', '\\&'] }

/** Names of functions and the texts of their arguments. */
interface Hints {
  readonly [place: number]: readonly string[]
  readonly '*'?: readonly string[]
}
export const HINTS: Readonly<Record<string, Hints | undefined>> = {
  ...Object.fromEntries(['extract', 'date_part'].map((name) => [name, { 0: FIELDS }])),
  date_trunc: { 0: UNITS, 2: ZONES },
  timezone: { 0: ZONES },
  make_timestamptz: {
    0: ['2024', '-44', '0', '1999'],
    1: ['1', '12', '13', '2'],
    2: ['1', '31', '29', '0'],
    3: ['0', '23', '24'],
    4: ['0', '59', '60'],
    5: ['0', '59.999999', '60', '12.5'],
    6: ZONES,
  },
  make_timestamp: {
    0: ['2024', '-44', '0', '1999'],
    1: ['1', '12', '13', '2'],
    2: ['1', '31', '29', '0'],
    3: ['0', '23', '24'],
    4: ['0', '59', '60'],
    5: ['0', '59.999999', '60', '12.5'],
  },
  make_date: { 0: ['2024', '-44', '0', '1999', '5874897'], 1: ['1', '12', '13', '2'], 2: ['1', '31', '29', '0'] },
  make_time: { 0: ['0', '23', '24', '-1'], 1: ['0', '59', '60'], 2: ['0', '59.999999', '60', '-1', '0.0000005'] },
  to_char: { 1: [...DATE_PICTURES, ...NUMBER_PICTURES] },
  to_number: { 0: ['12,454.8-', '-12.5', '  1 2', '$1,234', 'XIV', '1e5', ''], 1: NUMBER_PICTURES },
  to_date: { 0: ['2024-02-29', '05 Dec 2000', '20000431', '2000-1-1 BC', 'Monday', '1,999'], 1: DATE_PICTURES },
  to_timestamp: { 0: ['2024-02-29 12:34:56.789', '05 Dec 2000 12 PM', '1582-10-15', '0.5', '1e10'], 1: DATE_PICTURES },
  regexp_match: regexp,
  regexp_matches: regexp,
  regexp_replace: regexp,
  regexp_split_to_array: regexp,
  regexp_split_to_table: regexp,
  regexp_count: regexp,
  regexp_instr: regexp,
  regexp_like: regexp,
  regexp_substr: regexp,
  ...Object.fromEntries(
    ['textregexeq', 'texticregexeq', 'textregexne', 'texticregexne', 'nameregexeq', 'bpcharregexeq'].map((name) => [
      name,
      { 1: PATTERNS },
    ]),
  ),
  ...Object.fromEntries(
    [
      'textlike',
      'texticlike',
      'textnlike',
      'texticnlike',
      'like',
      'notlike',
      'like_escape',
      'similar_to_escape',
      'similar_escape',
    ].map((name) => [
      name,
      { '*': ['%', '_', 'a%', '%b_', 'a\\%', '', 'abc', 'A_C', '\\', 'x#%y', '#', '%ä', '(a|b)*', '[a-c]+%'] },
    ]),
  ),
  repeat: { 1: LENGTHS },
  lpad: { 1: LENGTHS },
  rpad: { 1: LENGTHS },
  factorial: { 0: ['0', '1', '5', '20', '25', '100', '-1', '40000'] },
  generate_series: { 0: ['0', '1', '5', '-3'], 1: ['10', '3', '0', '-9'], 2: ['1', '2', '-1', '0', '3', '1 day'] },
  array_fill: { 1: ['{}', '{0}', '{3}', '{-1}'] },
  encode: { 1: BASES },
  decode: { 0: ['abcd', 'YWJj', 'YWI=', 'a\\\\b\\001', 'zz', '6'], 1: BASES },
  convert: { 1: ENCODINGS, 2: ENCODINGS },
  convert_from: { 1: ENCODINGS },
  convert_to: { 1: ENCODINGS },
  length: { 1: ENCODINGS },
  normalize: { 1: FORMS },
  is_normalized: { 1: FORMS },
  format: { 0: ['%s', '%I', '%L', '%%', '%1$s %2$L', '%-5s|', '%*s', '%', 'x', '%10s', '%s %s'] },
  translate: { 1: ['abc', 'lo', ''], 2: ['xyz', 'x', ''] },
  split_part: { 1: [',', 'X', '', ',,'], 2: ['1', '2', '-1', '0', '5'] },
  chr: { 0: ['65', '0', '8364', '55296', '1114111', '1114112', '-1', '233'] },
  width_bucket: {
    '*': ['0', '1', '5.35', '0.024', '10.06', '-1', '10', 'NaN'],
    3: ['5', '0', '-1', '1', '1000000'],
  },
  ...Object.fromEntries(
    ['power', 'pow', 'numeric_power', 'exp', 'ln', 'log', 'log10', 'sqrt', 'dpow'].map((name) => [
      name,
      { '*': WORKED },
    ]),
  ),
  parse_ident: { 0: ['a.b', '"A".b', ' x . y ', '', 'a.', '1a', '"x', 'a b', 'SomeSchema.someTable', '"a""b"'] },
  pg_size_bytes: { 0: ['1', '10 kB', '1.5 MB', '-2GB', '3 TB', 'x', '1 pb', '10 bytes', '', '1e3kB', '.5mb'] },
  unistr: { 0: ['d\\0061t\\+000061', '\\u00e4', '\\U0001F600', '\\D83D\\DE00', '\\', '\\zzzz', '\\\\', 'plain'] },
  set_bit: { 1: ['0', '1', '7', '8', '100', '-1'], 2: ['0', '1', '2'] },
  get_bit: { 1: ['0', '1', '7', '8', '100', '-1'] },
  set_byte: { 1: ['0', '1', '7', '-1'], 2: ['0', '255', '256', '-1'] },
  get_byte: { 1: ['0', '1', '7', '-1'] },
  format_type: {
    0: ['16', '23', '1043', '1700', '1114', '1007', '0', '999999', '1042', '18'],
    1: ['-1', '10', '655366', '3', '0'],
  },
  to_ascii: { 1: ENCODINGS },
  json_object: { '*': ['{a,1,b,2}', '{a,b}', '{a}', '{1,2}', '{}', '{NULL,1}'] },
  jsonb_object: { '*': ['{a,1,b,2}', '{a,b}', '{a}', '{1,2}', '{}', '{NULL,1}'] },
  ...Object.fromEntries(
    ['jsonb_set', 'jsonb_insert', 'json_extract_path', 'jsonb_extract_path', 'jsonb_delete_path'].map((name) => [
      name,
      { 1: ['{a}', '{a,b}', '{0}', '{-1}', '{}', '{x,y}', '{3,a}', 'a', 'b', '0'] },
    ]),
  ),
}
