// Type names.
import type { Call, Expr } from './ast.ts'
import type { Ident, Span, TypeMod, TypeName } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T, TypeFunc } from './tokens.ts'

/** Spellings that are one word to PostgreSQL's catalog name; the multi-word ones are in the rules. */
const canonicalNames: Record<string, string> = {
  int: 'int4',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  double: 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  boolean: 'bool',
  string: 'text',
  bytes: 'bytea',
  timestamp_ltz: 'timestamptz',
  varbinary: 'bytea',
  tinyint: 'int2',
}
for (const name of 'int2 int4 int8 float4 float8 numeric bool text bytea varchar bpchar bit varbit date time timetz timestamp timestamptz interval uuid json jsonb struct map list'.split(
  ' ',
)) {
  canonicalNames[name] = name
}

export function typeRules(g: SqlParser, r: Rules) {
  r.typeOf = (parts: Ident[], span: Span): TypeName => {
    const only = parts.length === 1 && !parts[0].quoted ? canonicalNames[parts[0].name] : undefined
    return {
      kind: 'typeName',
      parts: only ? [{ ...parts[0], name: only }] : parts,
      canonical: only !== undefined,
      typmods: [],
      arrayDims: [],
      setof: false,
      span,
    }
  }

  r.typmod = (e: Expr): TypeMod => {
    if (e.kind === 'number') return Number(e.text)
    if (e.kind === 'unary' && e.operand.kind === 'number') return -Number(e.operand.text)
    if (e.kind === 'string') return e.value
    if (e.kind === 'column') return e.parts[0].name
    return 0
  }

  r.isDescriptor = (call: Call) =>
    call.name.parts.length === 1 &&
    call.name.parts[0].name === 'descriptor' &&
    !call.name.parts[0].quoted &&
    call.args.length > 0 &&
    call.args.every((a) => a.value.kind === 'column' && a.value.parts.length === 1)

  r.typeName = g.rule('typeName', (): TypeName => {
    const start = g.mark()
    g.deeper()
    const setof = g.flag(1, T.SETOF)
    const type = g.sub(2, r.simpleType)
    g.shallower()
    if (!g.recording) type.setof = setof
    g.opt(3, () => {
      g.eat(4, T.ARRAY)
      let bound: number | null = null
      g.opt(5, () => {
        g.eat(6, T.LBracket)
        bound = Number(g.eat(7, T.Number).value)
        g.eat(8, T.RBracket)
      })
      type.arrayDims?.push(bound)
    })
    g.loopIf(
      9,
      () => g.peek(2) === T.RBracket || (g.peek(2) === T.Number && g.peek(3) === T.RBracket),
      () => {
        g.eat(10, T.LBracket)
        const bound = g.opt(11, () => Number(g.eat(12, T.Number).value))
        g.eat(13, T.RBracket)
        type.arrayDims?.push(bound ?? null)
      },
    )
    if (!g.recording) type.span = g.span(start)
    return type
  })

  r.simpleType = g.rule('simpleType', (): TypeName => {
    const start = g.mark()
    const named = (token: SqlToken, name: string, typmods: TypeMod[] = []): TypeName => {
      const part: Ident = { kind: 'ident', name, quoted: false, span: g.tokenSpan(token) }
      return {
        kind: 'typeName',
        parts: [part],
        canonical: true,
        typmods,
        arrayDims: [],
        setof: false,
        span: g.span(start),
      }
    }
    const character = (token: SqlToken, varying: boolean, typmods: TypeMod[]): TypeName =>
      // A bare CHAR is CHAR(1); a bare VARCHAR has no bound.
      named(token, varying ? 'varchar' : 'bpchar', varying || typmods?.length ? typmods : [1])
    const moment = (token: SqlToken, name: string, typmods: TypeMod[], zoned: boolean): TypeName =>
      named(token, zoned ? `${name}tz` : name, typmods)
    return g.alt<TypeName>(1, [
      { ALT: () => named(g.eat(2, T.INT), 'int4', g.sub(3, r.typmods)) },
      { ALT: () => named(g.eat(4, T.INTEGER), 'int4', g.sub(5, r.typmods)) },
      { ALT: () => named(g.eat(6, T.SMALLINT), 'int2', g.sub(7, r.typmods)) },
      { ALT: () => named(g.eat(8, T.BIGINT), 'int8', g.sub(9, r.typmods)) },
      { ALT: () => named(g.eat(10, T.REAL), 'float4') },
      {
        ALT: () => {
          const token = g.eat(11, T.FLOAT)
          const typmods = g.sub(12, r.typmods)
          return named(token, typmods?.length && Number(typmods[0]) <= 24 ? 'float4' : 'float8')
        },
      },
      {
        ALT: () => {
          const token = g.eat(13, T.DOUBLE)
          g.flag(14, T.PRECISION)
          return named(token, 'float8')
        },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => named(g.eat(15, T.DECIMAL), 'numeric', g.sub(16, r.typmods)) },
      { ALT: () => named(g.eat(17, T.DEC), 'numeric', g.sub(18, r.typmods)) },
      { ALT: () => named(g.eat(19, T.NUMERIC), 'numeric', g.sub(20, r.typmods)) },
      { ALT: () => named(g.eat(21, T.BOOLEAN), 'bool') },
      { ALT: () => named(g.eat(22, T.JSON), 'json') },
      {
        ALT: () => {
          const token = g.eat(23, T.BIT)
          const varying = g.sub(24, r.varying)
          const typmods = g.sub(25, r.typmods)
          return named(token, varying ? 'varbit' : 'bit', varying || typmods?.length ? typmods : [1])
        },
      },
      { ALT: () => character(g.eat(26, T.CHAR), g.sub(27, r.varying), g.sub(28, r.typmods)) },
      { ALT: () => character(g.eat(29, T.CHARACTER), g.sub(30, r.varying), g.sub(31, r.typmods)) },
      { ALT: () => character(g.eat(32, T.NCHAR), g.sub(33, r.varying), g.sub(34, r.typmods)) },
      {
        ALT: () => {
          g.eat(35, T.NATIONAL)
          const token = g.alt<SqlToken>(36, [{ ALT: () => g.eat(37, T.CHAR) }, { ALT: () => g.eat(38, T.CHARACTER) }])
          return character(token, g.sub(39, r.varying), g.sub(40, r.typmods))
        },
      },
      { ALT: () => named(g.eat(41, T.VARCHAR), 'varchar', g.sub(42, r.typmods)) },
      { ALT: () => moment(g.eat(43, T.TIME), 'time', g.sub(44, r.typmods), g.sub(45, r.timeZone)) },
      { ALT: () => moment(g.eat(46, T.TIMESTAMP), 'timestamp', g.sub(47, r.typmods), g.sub(48, r.timeZone)) },
      { ALT: () => g.sub(49, r.intervalType) },
      { ALT: () => g.sub(50, r.containerType), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.sub(51, r.namedType), IGNORE_AMBIGUITIES: true },
    ])
  })

  r.varying = g.rule('varying', () => g.flag(1, T.VARYING))

  r.timeZone = g.rule('timeZone', (): boolean => {
    let zoned = false
    g.opt(1, () => {
      g.alt(2, [
        { ALT: () => g.words(3, T.WithType, T.TIME, T.ZONE) && (zoned = true) },
        { ALT: () => g.words(4, T.WITHOUT, T.TIME, T.ZONE) },
      ])
    })
    return zoned
  })

  r.typmods = g.rule('typmods', (): TypeMod[] => {
    let mods: TypeMod[] = []
    g.opt(1, () => {
      g.eat(2, T.LParen)
      mods = g.list(0, () => r.typmod(g.sub(3, r.expr, 0)))
      g.eat(4, T.RParen)
    })
    return mods
  })

  r.intervalType = g.rule('intervalType', (): TypeName => {
    const start = g.mark()
    const token = g.eat(1, T.INTERVAL)
    let typmods = g.sub(2, r.typmods)
    let fields: string | undefined
    g.optIf(
      3,
      () => r.isUnit(g.token(1)),
      () => {
        fields = g.eat(4, ColId).value?.toUpperCase()
        g.opt(5, () => {
          g.eat(6, T.TO)
          fields = `${fields} TO ${g.eat(7, ColId).value?.toUpperCase()}`
        })
        if (fields?.endsWith('SECOND')) typmods = g.sub(8, r.typmods)
      },
    )
    const part: Ident = { kind: 'ident', name: 'interval', quoted: false, span: g.tokenSpan(token) }
    return {
      kind: 'typeName',
      parts: [part],
      canonical: true,
      typmods,
      arrayDims: [],
      setof: false,
      ...(fields && { intervalFields: fields }),
      span: g.span(start),
    }
  })

  /** `STRUCT<a int>`, `ROW(a int)`, `MAP(text, int)`, `LIST<int>`. */
  r.containerType = g.rule('containerType', (): TypeName => {
    const start = g.mark()
    const token = g.alt<SqlToken>(1, [
      { ALT: () => g.eat(2, T.STRUCT) },
      { ALT: () => g.eat(3, T.ROW) },
      { ALT: () => g.eat(4, T.MAP) },
      { ALT: () => g.eat(5, T.LIST) },
    ])
    const record = token.tokenType === T.STRUCT || token.tokenType === T.ROW
    const name = token.tokenType === T.ROW ? 'struct' : token.value
    const type = r.typeOf([{ ...g.ident(token), name }], g.span(start))
    g.opt(6, () => {
      const angle = g.alt<boolean>(7, [
        { ALT: () => g.eat(8, T.Lt) && true },
        { ALT: () => g.eat(9, T.LParen) && false },
      ])
      const fields: { name: Ident; type: TypeName }[] = []
      const args: TypeName[] = []
      g.list(0, () =>
        g.alt(10, [
          {
            GATE: () => record,
            ALT: () => fields.push({ name: g.ident(g.eat(11, ColLabel)), type: g.sub(12, r.typeName) }),
            IGNORE_AMBIGUITIES: true,
          },
          { ALT: () => args.push(g.sub(13, r.typeName)) },
        ]),
      )
      if (angle && g.splitShift()) {
        // `>>` closes two at once: the inner one took its half.
      } else g.alt(14, [{ ALT: () => g.eat(15, T.Gt) }, { ALT: () => g.eat(16, T.RParen) }])
      if (record) type.fields = fields
      else type.args = args
    })
    type.span = g.span(start)
    return type
  })

  r.namedType = g.rule('namedType', (): TypeName => {
    const start = g.mark()
    const parts = [g.ident(g.eat(1, TypeFunc))]
    let percent = false
    g.loop(2, () => {
      g.eat(3, T.Dot)
      parts.push(g.ident(g.eat(4, ColLabel)))
    })
    g.optIf(
      5,
      () => g.peek(2) === T.TYPE,
      () => {
        g.words(6, T.Percent, T.TYPE)
        percent = true
      },
    )
    const type = r.typeOf(parts, g.span(start))
    type.typmods = g.sub(7, r.typmods)
    if (percent) type.percentType = true
    return type
  })
}
