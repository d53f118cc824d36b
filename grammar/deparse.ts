// The tree as text. Reading the text again gives the same tree but for the places; comments and layout are lost.
import type { Expr } from './ast.ts'
import type { Statement, TransactionMode } from './ast-statement.ts'
import {
  clause,
  commas,
  full,
  ident,
  idents,
  name,
  options,
  type Printer,
  parens,
  quote,
  type,
  value,
  withOptions,
  words,
} from './deparse-base.ts'
import { ddlText } from './deparse-ddl.ts'
import { exprText, operandText, orderText } from './deparse-expr.ts'
import { deleteText, insertText, mergeText, queryText, selectText, updateText } from './deparse-query.ts'

const p: Printer = {
  expr: (e) => exprText(p, e),
  operand: (e) => operandText(p, e),
  query: (q) => queryText(p, q),
  select: (s) => selectText(p, s),
  statement: (s) => statementText(s),
}

export function deparse(node: Statement): string {
  return statementText(node)
}
export function deparseExpression(node: Expr): string {
  return exprText(p, node)
}

/** As it stands inside another expression: in parentheses, unless it is a name, a literal or a call. */
export function deparseOperand(node: Expr): string {
  return operandText(p, node)
}

function statementText(s: Statement): string {
  switch (s.kind) {
    case 'query':
      return p.query(s)
    case 'insert':
      return insertText(p, s)
    case 'update':
      return updateText(p, s)
    case 'delete':
      return deleteText(p, s)
    case 'merge':
      return mergeText(p, s)
    case 'execute':
      return words('EXECUTE', ident(s.name), s.args.length > 0 && parens(s.args.map(p.expr)))
    case 'subscribe':
      return words(
        'SUBSCRIBE TO',
        s.name ? full(s.name) : s.query && `(${p.query(s.query)})`,
        s.envelope && `ENVELOPE ${s.envelope.type} (KEY (${idents(s.envelope.key)}))`,
        s.withinTimestampOrderBy.length > 0 && `WITHIN TIMESTAMP ${orderText(p, s.withinTimestampOrderBy)}`,
        withOptions(s.with),
        s.asOf && `AS OF ${s.asOf.atLeast ? 'AT LEAST ' : ''}${p.operand(s.asOf.at)}`,
        s.upTo && `UP TO ${p.operand(s.upTo)}`,
      )
    case 'declareCursor':
      return words(
        'DECLARE',
        ident(s.name),
        s.binary && 'BINARY',
        s.sensitivity,
        s.scroll !== undefined && (s.scroll ? 'SCROLL' : 'NO SCROLL'),
        'CURSOR',
        s.hold !== undefined && `${s.hold ? 'WITH' : 'WITHOUT'} HOLD`,
        'FOR',
        statementText(s.query),
      )
    case 'declareSubscriptionCursor':
      return words(
        'DECLARE',
        ident(s.name),
        'SUBSCRIPTION CURSOR FOR',
        s.subscription && full(s.subscription),
        s.query && p.query(s.query),
        s.since && `SINCE ${p.expr(s.since)}`,
        s.full && 'FULL',
      )
    case 'fetch':
      return words(
        s.move ? 'MOVE' : 'FETCH',
        s.direction,
        s.count !== undefined && String(s.count),
        'FROM',
        ident(s.cursor),
        withOptions(s.with),
      )
    case 'close':
      return `CLOSE ${s.name ? ident(s.name) : 'ALL'}`
    case 'copy':
      return words(
        'COPY',
        s.query ? `(${statementText(s.query)})` : s.table && full(s.table),
        s.columns.length > 0 && `(${idents(s.columns)})`,
        s.direction,
        s.target.to === 'file'
          ? quote(s.target.path)
          : s.target.to === 'program'
            ? `PROGRAM ${quote(s.target.command)}`
            : s.target.to,
        withOptions(s.options),
        s.where && `WHERE ${p.expr(s.where)}`,
      )
    case 'explain': {
      const stage = s.stage && (s.stage === 'PLAN' ? 'PLAN' : `${s.stage} PLAN`)
      return words(
        'EXPLAIN',
        s.analyze && 'ANALYZE',
        s.verbose && 'VERBOSE',
        s.options.length > 0 && options(s.options),
        stage,
        withOptions(s.with),
        clause('AS', s.format),
        (stage || s.timestamp) && (s.timestamp ? 'TIMESTAMP FOR' : 'FOR'),
        s.statement && statementText(s.statement),
        s.object && `${s.object.type} ${full(s.object.name)}`,
      )
    }
    case 'mergeLate':
      return words('MERGE LATE INTO', full(s.into), 'FROM', full(s.from), s.where && `WHERE ${p.expr(s.where)}`)
    case 'advance':
      return words('ADVANCE', s.what, s.of && `OF ${full(s.of)}`, s.by ? 'BY' : 'TO', p.expr(s.amount))
    case 'control':
      return words(s.action, s.object, s.all && 'ALL', s.name && full(s.name))
    case 'print':
      return words(
        'PRINT',
        full(s.topic),
        s.fromBeginning && 'FROM BEGINNING',
        s.interval !== undefined && `INTERVAL ${s.interval}`,
        s.limit !== undefined && `LIMIT ${s.limit}`,
      )
    case 'define':
      return s.value === undefined ? `UNDEFINE ${ident(s.name)}` : `DEFINE ${ident(s.name)} = ${quote(s.value)}`
    case 'assert':
      return words(
        'ASSERT',
        s.notExists && 'NOT EXISTS',
        s.what,
        s.name && full(s.name),
        withOptions(s.options),
        s.timeout?.kind === 'interval' && `TIMEOUT ${s.timeout.value} ${s.timeout.fields}`,
      )
    case 'begin':
      return words(s.spelling, modes(s.modes))
    case 'commit':
    case 'rollback':
      return words(s.kind.toUpperCase(), s.chain !== undefined && (s.chain ? 'AND CHAIN' : 'AND NO CHAIN'))
    case 'savepoint':
      return `SAVEPOINT ${ident(s.name)}`
    case 'release':
      return `RELEASE SAVEPOINT ${ident(s.name)}`
    case 'rollbackTo':
      return `ROLLBACK TO SAVEPOINT ${ident(s.name)}`
    case 'setTransaction':
      return words(s.session ? 'SET SESSION CHARACTERISTICS AS TRANSACTION' : 'SET TRANSACTION', modes(s.modes))
    case 'setConstraints':
      return `SET CONSTRAINTS ${s.names === 'ALL' ? 'ALL' : commas(s.names.map(full))} ${s.deferred ? 'DEFERRED' : 'IMMEDIATE'}`
    case 'set':
      return words(
        'SET',
        s.scope,
        `${setting(s.name)} =`,
        s.value === 'DEFAULT' ? 'DEFAULT' : commas(s.value.map(value)),
      )
    case 'reset':
      return `RESET ${s.name === 'ALL' ? 'ALL' : setting(s.name)}`
    case 'show':
      return `SHOW ${s.name === 'all' ? 'ALL' : setting(s.name)}`
    case 'showObjects':
      return words(
        'SHOW',
        s.full && 'FULL',
        s.what,
        s.what.startsWith('CREATE ') ? s.on && full(s.on) : s.on && `ON ${full(s.on)}`,
        s.from && `FROM ${full(s.from)}`,
        s.in && `IN ${full(s.in)}`,
        s.like !== undefined && `LIKE ${quote(s.like)}`,
        s.where && `WHERE ${p.expr(s.where)}`,
      )
    case 'discard':
      return `DISCARD ${s.what}`
    case 'prepare':
      return words(
        'PREPARE',
        ident(s.name),
        s.types.length > 0 && parens(s.types.map(type)),
        'AS',
        statementText(s.statement),
      )
    case 'deallocate':
      return `DEALLOCATE ${s.name ? ident(s.name) : 'ALL'}`
    case 'listen':
      return `LISTEN ${ident(s.channel)}`
    case 'notify':
      return `NOTIFY ${ident(s.channel)}${s.payload === undefined ? '' : `, ${quote(s.payload)}`}`
    case 'unlisten':
      return `UNLISTEN ${s.channel ? ident(s.channel) : '*'}`
    case 'lock':
      return words('LOCK TABLE', tables(s.tables), s.mode && `IN ${s.mode} MODE`, s.nowait && 'NOWAIT')
    case 'truncate':
      return words('TRUNCATE TABLE', tables(s.tables), s.identity && `${s.identity} IDENTITY`, s.behavior)
    case 'grant':
      return words(
        s.revoke ? 'REVOKE' : 'GRANT',
        s.revoke && s.withOption && 'GRANT OPTION FOR',
        commas(s.privileges.map((x) => words(x.privilege, x.columns.length > 0 && `(${idents(x.columns)})`))),
        s.objectType && `ON ${s.objectType} ${commas(s.objects.map(full))}`,
        s.revoke ? 'FROM' : 'TO',
        commas(s.grantees.map((i) => (i.quoted ? ident(i) : i.name))),
        !s.revoke && s.withOption && 'WITH GRANT OPTION',
        s.grantedBy && `GRANTED BY ${ident(s.grantedBy)}`,
        s.behavior,
      )
    case 'do':
      return words('DO', s.language && `LANGUAGE ${ident(s.language)}`, quote(s.code))
    case 'callProcedure':
      return `CALL ${p.expr(s.call)}`
    case 'maintenance':
      return words(
        s.command,
        s.options.length > 0 && options(s.options),
        commas(s.tables.map((t) => words(full(t.name), t.columns.length > 0 && `(${idents(t.columns)})`))),
      )
    case 'flush':
    case 'checkpoint':
      return s.kind.toUpperCase()
    case 'kill':
      return `KILL ${quote(s.id)}`
    case 'use':
      return `USE ${full(s.name)}`
    default:
      return ddlText(p, s)
  }
}

function modes(list: TransactionMode[]): string {
  return commas(
    list.map((m) => {
      if (m.mode === 'isolation') return `ISOLATION LEVEL ${m.level}`
      if (m.mode === 'access') return m.readOnly ? 'READ ONLY' : 'READ WRITE'
      return m.deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE'
    }),
  )
}
function tables(list: { name: import('./ast-base.ts').Name; only?: boolean }[]): string {
  return commas(list.map((t) => words(t.only && 'ONLY', full(t.name))))
}
/** A setting's dotted name; words of the language that name settings are quoted. */
function setting(dotted: string): string {
  return dotted
    .split('.')
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) && part !== 'role' && part !== 'all' ? part : name(part)))
    .join('.')
}
