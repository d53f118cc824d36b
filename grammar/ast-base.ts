// What every part of the tree is made of: places in the text, names, types, options.

/** UTF-16 offsets into the text given to the parser; `end` is exclusive. */
export type Span = { start: number; end: number }
export type Spanned = { span: Span }
/** `opSpan` is where PostgreSQL points for errors of an operator. */
export type Operator = Spanned & { opSpan: Span }

/** Already folded to lower case unless it was quoted. */
export type Ident = Spanned & { kind: 'ident'; name: string; quoted: boolean }

/** `a`, `schema.a`, `database.schema.a` */
export type Name = Spanned & { kind: 'name'; parts: Ident[] }

/**
 * `parts` has PostgreSQL's canonical name where the spelling is one of its keywords and `canonical` is then true
 * (`int` → int4, `double precision` → float8, `timestamp(3) with time zone` → timestamptz with typmods [3],
 * `decimal` → numeric, `char` → bpchar, `string` → text, `bytes` → bytea, `float(20)` → float4, …).
 * Any other name is kept as written with `canonical` false.
 */
export type TypeName = Spanned & {
  kind: 'typeName'
  parts: Ident[]
  canonical: boolean
  typmods: TypeMod[]
  /** One entry a dimension; null where no bound is written. */
  arrayDims: (number | null)[]
  setof: boolean
  /** `DAY TO SECOND` of an interval. */
  intervalFields?: string
  /** `t.c%TYPE` */
  percentType?: boolean
  /** `STRUCT<a int, b text>`, `ROW(a INT)`: parts is [struct]. */
  fields?: { name: Ident; type: TypeName }[]
  /** `MAP(text, int)`, `LIST<int>`: parts is [map] or [list]. */
  args?: TypeName[]
}
export type TypeMod = number | string

/**
 * One entry of WITH (…) and its relatives. `name` is lower-cased unless quoted; words and numbers keep their text.
 * `value` missing means the bare name. The literal `...` is an option of kind `rest`.
 */
export type WithOption =
  | (Spanned & { kind: 'option'; name: string; quoted: boolean; value?: OptionValue })
  | (Spanned & { kind: 'rest' })
/** `word` covers TRUE, ON, identifiers and dotted or several words joined by one blank. */
export type OptionValue = Spanned &
  (
    | { kind: 'optionString'; value: string }
    | { kind: 'optionNumber'; text: string }
    | { kind: 'optionWord'; word: string; quoted: boolean }
    | { kind: 'optionInterval'; value: string; fields?: string }
    | { kind: 'optionSecret'; secret: Name }
    | { kind: 'optionList'; items: OptionValue[] }
    | { kind: 'optionMap'; entries: { key: string; value: OptionValue }[] }
  )
