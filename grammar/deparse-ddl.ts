// CREATE, DROP, ALTER and COMMENT as text.
import type {
  Alter,
  AlterAction,
  CreateFunction,
  CreateTable,
  DdlStatement,
  Drop,
  FunctionOption,
  FunctionParameter,
  PartitionBound,
} from './ast-ddl.ts'
import {
  clause,
  commas,
  full,
  ident,
  idents,
  option,
  options,
  type Printer,
  parens,
  quote,
  type,
  withOptions,
  words,
} from './deparse-base.ts'
import { indexElements } from './deparse-query.ts'
import {
  columnConstraintText,
  columnText,
  elementText,
  encodingText,
  sequenceText,
  tableConstraintText,
  transportText,
} from './deparse-table.ts'

export function ddlText(p: Printer, s: DdlStatement): string {
  const head = (word: string, ...flags: (string | false | undefined)[]) =>
    words(
      'CREATE',
      'orReplace' in s && s.orReplace && 'OR REPLACE',
      ...flags,
      word,
      'ifNotExists' in s && s.ifNotExists && 'IF NOT EXISTS',
    )
  switch (s.kind) {
    case 'createSchema':
      return words(head('SCHEMA'), s.name && full(s.name), s.authorization && `AUTHORIZATION ${ident(s.authorization)}`)
    case 'createDatabase':
      return words(head('DATABASE'), full(s.name), withOptions(s.options))
    case 'createTable':
      return createTableText(p, s, head(s.word, s.persistence))
    case 'createSource':
      return words(
        head('SOURCE', s.temporary && 'TEMPORARY'),
        full(s.name),
        s.hasElements && parens(s.elements.map((e) => elementText(p, e))),
        s.transport && `FROM ${transportText(s.transport)}`,
        withOptions(s.with),
        encodingText(s),
        s.progress && `EXPOSE PROGRESS AS ${full(s.progress)}`,
      )
    case 'createConnection':
      return words(head('CONNECTION'), full(s.name), s.to && `TO ${s.to} ${options(s.options)}`, withOptions(s.with))
    case 'createSecret':
      return words(head('SECRET'), full(s.name), withOptions(s.with), s.value !== undefined && `AS ${quote(s.value)}`)
    case 'createView':
      return words(
        head('VIEW', s.temporary && 'TEMPORARY', s.local && 'LOCAL', s.recursive && 'RECURSIVE'),
        full(s.name),
        s.columns.length > 0 && `(${idents(s.columns)})`,
        withOptions(s.with),
        'AS',
        p.query(s.query),
        s.check && `WITH ${s.check} CHECK OPTION`,
      )
    case 'declareRecursiveView':
      return `DECLARE RECURSIVE VIEW ${full(s.name)} ${parens(s.elements.map((e) => elementText(p, e)))}`
    case 'createMaterializedView':
      return words(
        head('MATERIALIZED VIEW'),
        full(s.name),
        s.columns.length > 0 && `(${idents(s.columns)})`,
        s.cluster && `IN CLUSTER ${ident(s.cluster)}`,
        s.using && `USING ${ident(s.using)}`,
        withOptions(s.with),
        s.tablespace && `TABLESPACE ${ident(s.tablespace)}`,
        'AS',
        p.query(s.query),
        s.withData !== undefined && `WITH ${s.withData ? '' : 'NO '}DATA`,
      )
    case 'createIndex':
      return words(
        'CREATE',
        s.orReplace && 'OR REPLACE',
        s.unique && 'UNIQUE',
        s.default && 'DEFAULT',
        'INDEX',
        s.concurrently && 'CONCURRENTLY',
        s.ifNotExists && 'IF NOT EXISTS',
        s.name && ident(s.name),
        s.cluster && `IN CLUSTER ${ident(s.cluster)}`,
        'ON',
        s.only && 'ONLY',
        full(s.table),
        s.method && `USING ${ident(s.method)}`,
        s.elements.length > 0 && indexElements(p, s.elements),
        s.include.length > 0 && `INCLUDE (${idents(s.include)})`,
        s.distributedBy && `DISTRIBUTED BY ${parens(s.distributedBy.map(p.expr))}`,
        s.nullsNotDistinct !== undefined && `NULLS ${s.nullsNotDistinct ? 'NOT ' : ''}DISTINCT`,
        withOptions(s.with),
        s.tablespace && `TABLESPACE ${ident(s.tablespace)}`,
        s.where && `WHERE ${p.expr(s.where)}`,
      )
    case 'createSink':
      return words(
        head('SINK'),
        s.name && full(s.name),
        s.into && words('INTO', full(s.into.table), s.into.columns.length > 0 && `(${idents(s.into.columns)})`),
        s.from && `FROM ${full(s.from)}`,
        s.as && `AS ${p.query(s.as)}`,
        s.transport && `INTO ${transportText(s.transport)}`,
        s.key && words(`KEY (${idents(s.key.columns)})`, s.key.notEnforced && 'NOT ENFORCED'),
        s.headers && `HEADERS ${ident(s.headers)}`,
        withOptions(s.with),
        encodingText(s),
      )
    case 'createSubscription':
      return words(head('SUBSCRIPTION'), full(s.name), 'FROM', full(s.from), withOptions(s.with))
    case 'createType': {
      const d = s.definition
      if (!d) return `${head('TYPE')} ${full(s.name)}`
      const body = {
        composite: () => d.as === 'composite' && `AS ${parens(d.columns.map((c) => columnText(p, c)))}`,
        enum: () => d.as === 'enum' && `AS ENUM ${parens(d.labels.map(quote))}`,
        range: () => d.as === 'range' && `AS RANGE ${options(d.options)}`,
        container: () => d.as === 'container' && `AS ${d.container} ${options(d.options)}`,
        base: () => d.as === 'base' && options(d.options),
      }[d.as]()
      return words(head('TYPE'), full(s.name), body)
    }
    case 'createDomain':
      return words(
        head('DOMAIN'),
        full(s.name),
        'AS',
        type(s.type),
        s.collation && `COLLATE ${full(s.collation)}`,
        ...s.constraints.map((c) => columnConstraintText(p, c)),
      )
    case 'createFunction':
      return functionText(p, s, head(s.word))
    case 'createSequence':
      return words(head('SEQUENCE', s.persistence), full(s.name), sequenceText(s.options))
    case 'createOther':
      return words(head(s.what), full(s.name), s.options.length > 0 && options(s.options))
    case 'drop':
      return dropText(s)
    case 'alter':
      return alterText(p, s)
    case 'commentOn':
      return words(
        `COMMENT ON ${s.object} ${full(s.name)}`,
        s.signature && parens(s.signature.map(type)),
        s.on && `ON ${full(s.on)}`,
        `IS ${s.comment === null ? 'NULL' : quote(s.comment)}`,
      )
    case 'latenessOf':
      return `LATENESS ${full(s.column)} ${p.expr(s.delay)}`
  }
}

function createTableText(p: Printer, s: CreateTable, head: string): string {
  return words(
    head,
    full(s.name),
    s.partitionOf && `PARTITION OF ${full(s.partitionOf.parent)}`,
    s.hasElements && parens(s.elements.map((e) => elementText(p, e))),
    s.partitionOf && boundText(p, s.partitionOf.bound),
    s.inherits.length > 0 && `INHERITS ${parens(s.inherits.map(full))}`,
    s.partitionBy && words('PARTITION BY', s.partitionBy.strategy, indexElements(p, s.partitionBy.elements)),
    s.appendOnly && 'APPEND ONLY',
    clause('ON CONFLICT', s.onConflict),
    s.withVersion && `WITH VERSION COLUMN (${ident(s.withVersion)})`,
    s.distributedBy &&
      words(
        `DISTRIBUTED BY (${idents(s.distributedBy.columns)})`,
        s.distributedBy.buckets !== undefined && `INTO ${s.distributedBy.buckets} BUCKETS`,
      ),
    s.transport && `FROM ${transportText(s.transport)}`,
    s.fromSource &&
      (s.fromSource.reference !== undefined && s.fromSource.options.length === 0
        ? `FROM ${full(s.fromSource.source)} TABLE ${quote(s.fromSource.reference)}`
        : words(
            'FROM SOURCE',
            full(s.fromSource.source),
            s.fromSource.options.length > 0 && options(s.fromSource.options),
          )),
    withOptions(s.with),
    encodingText(s),
    clause('ON COMMIT', s.onCommit),
    s.tablespace && `TABLESPACE ${ident(s.tablespace)}`,
    s.as && `AS ${p.query(s.as)}`,
    s.asExecute && `AS ${p.statement(s.asExecute)}`,
    s.withData !== undefined && `WITH ${s.withData ? '' : 'NO '}DATA`,
  )
}
function boundText(p: Printer, b: PartitionBound): string {
  switch (b.bound) {
    case 'default':
      return 'DEFAULT'
    case 'in':
      return `FOR VALUES IN ${parens(b.values.map(p.expr))}`
    case 'range':
      return `FOR VALUES FROM ${parens(b.from.map(p.expr))} TO ${parens(b.to.map(p.expr))}`
    case 'hash':
      return `FOR VALUES WITH (MODULUS ${b.modulus}, REMAINDER ${b.remainder})`
  }
}

function functionText(p: Printer, s: CreateFunction, head: string): string {
  const parameters = (list: FunctionParameter[]) =>
    parens(
      list.map((x) =>
        words(x.mode, x.name && ident(x.name), type(x.type), x.default && `DEFAULT ${p.operand(x.default)}`),
      ),
    )
  return words(
    `${head} ${full(s.name)}${parameters(s.parameters)}`,
    s.returns && `RETURNS ${type(s.returns)}`,
    s.returnsTable && `RETURNS TABLE ${parameters(s.returnsTable)}`,
    ...s.options.map((o) => functionOption(p, o)),
    withOptions(s.with),
  )
}
function functionOption(p: Printer, o: FunctionOption): string {
  const text = o.option === 'LANGUAGE' || o.option === 'PARALLEL' || o.option === 'COST' || o.option === 'ROWS'
  return words(
    o.option,
    o.value !== undefined && (text ? o.value : quote(o.value)),
    o.values && commas(o.values.map(quote)),
    o.expr && p.expr(o.expr),
  )
}

function dropText(s: Drop): string {
  const names = s.names.map((n, i) => {
    const signature = s.signatures[i]
    return full(n) + (signature ? parens(signature.map(type)) : '')
  })
  return words(
    'DROP',
    s.object,
    s.concurrently && 'CONCURRENTLY',
    s.ifExists && 'IF EXISTS',
    commas(names),
    s.on && `ON ${full(s.on)}`,
    s.behavior,
    s.deleteTopic && 'DELETE TOPIC',
  )
}

function alterText(p: Printer, s: Alter): string {
  return words(
    'ALTER',
    s.object,
    s.ifExists && 'IF EXISTS',
    s.only && 'ONLY',
    s.name.parts.length > 0 && full(s.name),
    s.signature && parens(s.signature.map(type)),
    commas(s.actions.map((a) => actionText(p, a, s.object === 'SYSTEM'))),
  )
}
function actionText(p: Printer, a: AlterAction, system: boolean): string {
  const exists = (on: boolean | undefined) => on && 'IF EXISTS'
  switch (a.kind) {
    case 'renameTo':
      return `RENAME TO ${ident(a.name)}`
    case 'renameColumn':
      return `RENAME COLUMN ${ident(a.column)} TO ${ident(a.name)}`
    case 'renameConstraint':
      return `RENAME CONSTRAINT ${ident(a.constraint)} TO ${ident(a.name)}`
    case 'setSchema':
      return `SET SCHEMA ${ident(a.schema)}`
    case 'ownerTo':
      return `OWNER TO ${a.role.quoted ? ident(a.role) : a.role.name}`
    case 'swapWith':
      return `SWAP WITH ${full(a.name)}`
    case 'setOptions':
      return `SET ${a.parens ? options(a.options) : commas(a.options.map(option))}`
    case 'resetOptions':
      return `RESET ${system ? commas(a.options.map(option)) : options(a.options)}`
    case 'skipErrors':
      return 'SKIP ERRORS'
    case 'replan':
      return 'REPLAN'
    case 'refresh':
      return `REFRESH ${a.what}`
    case 'addColumn':
      return words('ADD COLUMN', a.ifNotExists && 'IF NOT EXISTS', columnText(p, a.column))
    case 'dropColumn':
      return words('DROP COLUMN', exists(a.ifExists), ident(a.column), a.behavior)
    case 'addConstraint':
      return `ADD ${tableConstraintText(p, a.constraint)}`
    case 'dropConstraint':
      return words('DROP CONSTRAINT', exists(a.ifExists), ident(a.constraint), a.behavior)
    case 'validateConstraint':
      return `VALIDATE CONSTRAINT ${ident(a.constraint)}`
    case 'columnType':
      return words(
        `ALTER COLUMN ${ident(a.column)} TYPE ${type(a.type)}`,
        a.collation && `COLLATE ${full(a.collation)}`,
        a.using && `USING ${p.operand(a.using)}`,
      )
    case 'setDefault':
      return `ALTER COLUMN ${ident(a.column)} SET DEFAULT ${p.operand(a.expr)}`
    case 'dropDefault':
      return `ALTER COLUMN ${ident(a.column)} DROP DEFAULT`
    case 'setNotNull':
      return `ALTER COLUMN ${ident(a.column)} SET NOT NULL`
    case 'dropNotNull':
      return `ALTER COLUMN ${ident(a.column)} DROP NOT NULL`
    case 'setDomainDefault':
      return `SET DEFAULT ${p.operand(a.expr)}`
    case 'dropDomainDefault':
      return 'DROP DEFAULT'
    case 'setDomainNotNull':
      return `${a.notNull ? 'SET' : 'DROP'} NOT NULL`
    case 'addWatermark':
      return `ADD ${elementText(p, a.watermark)}`
    case 'dropWatermark':
      return 'DROP WATERMARK'
    case 'addValue':
      return words(
        'ADD VALUE',
        a.ifNotExists && 'IF NOT EXISTS',
        quote(a.value),
        a.before !== undefined && `BEFORE ${quote(a.before)}`,
        a.after !== undefined && `AFTER ${quote(a.after)}`,
      )
    case 'renameValue':
      return `RENAME VALUE ${quote(a.from)} TO ${quote(a.to)}`
    case 'sequenceOptions':
      return sequenceText(a.options)
    case 'asQuery':
      return `AS ${p.query(a.query)}`
    case 'retainHistory':
      return `SET (RETAIN HISTORY FOR ${p.expr(a.for)})`
  }
}
