/** CREATE FUNCTION … LANGUAGE sql, and DROP FUNCTION. A function is its body, names qualified; calls are replaced by it. */
import type { Expr, Query } from '../../../grammar/ast.ts'
import type { CreateFunction, Drop, FunctionOption, FunctionParameter } from '../../../grammar/ast-ddl.ts'
import { deparseOperand } from '../../../grammar/deparse.ts'
import { parseStatements } from '../../../grammar/parse.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { FunctionEntry, FunctionParameterEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { canCoerce, coerce } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { relation, scopeOf } from '../bind/from-plan.ts'
import { namedParameters, parameterName } from '../bind/function-body.ts'
import { handled } from '../bind/handled.ts'
import { bindInnerQuery } from '../bind/query.ts'
import { isRelation, relationRow } from '../bind/relation.ts'
import { functionsNamed } from '../bind/user-function.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { bindDefault } from '../statement/target-table.ts'
import { resolveType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { canonicalSql, quoted } from './canonical.ts'
import { lastName, readsOf, schemaOf } from './create-view.ts'

const PARAMETERS_MAX = 100

type Returns = Pick<FunctionEntry, 'returns' | 'columns' | 'set'>

export function planCreateFunction(node: CreateFunction, context: PlanningContext): DdlPlan {
  handled(node, ['orReplace', 'word', 'name', 'parameters', 'returns', 'returnsTable', 'options', 'with'])
  if (node.word !== 'FUNCTION') throw notSupported(`CREATE ${node.word}`, node.span)
  if (node.with.length > 0) throw notSupported('WITH of a function', node.with[0].span)
  const options = functionOptions(node)
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const parameters = node.parameters.map((p) => bindParameter(st, p))
  checkParameters(node, parameters)
  const declared = returnsOf(st, node)
  const fn = lastName(node.name)
  const body = bindBody({ fn, parameters, ...declared }, options.body(context.sql), context)
  const types = parameters.map((p) => typeText(p.type))
  const entry = { fn, parameters, ...declared, body: body.sql, strict: options.strict, volatility: options.volatility }
  return {
    kind: 'createFunction',
    schema: schema.id,
    name: `${fn}(${types.join(',')})`,
    ifNotExists: false,
    orReplace: node.orReplace ?? false,
    entry,
    dependsOn: body.dependsOn,
    sql: definition(schema.name, entry),
  }
}

/** As PostgreSQL's pg_get_functiondef writes it. */
function definition(
  schema: string,
  entry: Omit<FunctionEntry, 'kind' | 'id' | 'name' | 'schema' | 'sql' | 'dependsOn'>,
): string {
  const parameters = entry.parameters.map((p) => {
    const name = p.name === null ? '' : `${quoted(p.name)} `
    return `${name}${typeText(p.type)}${p.defaultSql === null ? '' : ` DEFAULT ${p.defaultSql}`}`
  })
  const table = entry.columns?.map((c) => `${quoted(c.name)} ${typeText(c.type)}`).join(', ')
  const value = entry.returns === null ? `TABLE(${table})` : `${entry.set ? 'SETOF ' : ''}${typeText(entry.returns)}`
  return [
    `CREATE OR REPLACE FUNCTION ${quoted(schema)}.${quoted(entry.fn)}(${parameters.join(', ')})`,
    ` RETURNS ${value}`,
    ` LANGUAGE sql`,
    ` ${entry.volatility.toUpperCase()}${entry.strict ? ' STRICT' : ''}`,
    `AS $function$${entry.body}$function$`,
  ].join('\n')
}

function bindParameter(st: Statement, node: FunctionParameter): FunctionParameterEntry {
  handled(node, ['mode', 'name', 'type', 'default'])
  if (node.mode !== undefined && node.mode !== 'IN') throw notSupported(`${node.mode} parameters`, node.span)
  const type = resolveType(node.type, st)
  const value = node.default
  if (value === undefined) return { name: node.name?.name ?? null, type, defaultSql: null }
  bindDefault(st, value, (inner, s, at) => coerce(inner, s, type, 'assignment', at))
  return { name: node.name?.name ?? null, type, defaultSql: deparseOperand(value) }
}

function checkParameters(node: CreateFunction, parameters: readonly FunctionParameterEntry[]): void {
  if (parameters.length > PARAMETERS_MAX)
    throw bindError('54023', `functions cannot have more than ${PARAMETERS_MAX} arguments`, node)
  for (const [i, p] of parameters.entries()) {
    if (p.name !== null && parameters.findIndex((o) => o.name === p.name) < i)
      throw bindError('42P13', `parameter name "${p.name}" used more than once`, undefined)
    if (p.defaultSql === null && i > 0 && parameters[i - 1].defaultSql !== null)
      throw bindError('42P13', 'input parameters after one with a default value must also have defaults', undefined)
  }
}

function returnsOf(st: Statement, node: CreateFunction): Returns {
  if (node.returnsTable) {
    const columns = node.returnsTable.map((p) => {
      handled(p, ['name', 'type'])
      if (!p.name) throw bindError('42601', 'a column of RETURNS TABLE has a name and a type', p)
      return { name: p.name.name, type: resolveType(p.type, st), nullable: true }
    })
    return { returns: null, columns, set: true }
  }
  const { returns } = node
  if (returns === undefined) throw bindError('42P13', 'function result type must be specified', undefined)
  const plain = { ...returns, setof: false }
  const parts = returns.parts.map((p) => p.name)
  if (parts.at(-1) === 'void') throw notSupported('RETURNS void', returns.span)
  const named = returns.setof && !returns.canonical ? findObject(st.env.catalog, parts, st.env) : undefined
  if (named && isRelation(named)) {
    st.uses.add(named.id)
    return { returns: null, columns: relationRow(named).map((f) => ({ ...f, nullable: true })), set: true }
  }
  return { returns: resolveType(plain, st), columns: null, set: returns.setof }
}

interface Options {
  readonly strict: boolean
  readonly volatility: FunctionEntry['volatility']
  body(sql: string): { readonly text: string; readonly at: Place }
}

/** What says how well PostgreSQL's planner may treat a function says nothing here. */
const PLANNING: ReadonlySet<string> = new Set(['LEAKPROOF', 'PARALLEL', 'COST', 'ROWS'])

function functionOptions(node: CreateFunction): Options {
  const given = new Map<string, FunctionOption>()
  const add = (key: string, option: FunctionOption): void => {
    if (given.has(key)) throw bindError('42601', 'conflicting or redundant options', option)
    given.set(key, option)
  }
  for (const option of node.options) {
    if (PLANNING.has(option.option)) continue
    switch (option.option) {
      case 'IMMUTABLE':
      case 'STABLE':
      case 'VOLATILE':
        add('volatility', option)
        break
      case 'STRICT':
      case 'RETURNS NULL ON NULL INPUT':
      case 'CALLED ON NULL INPUT':
        add('strict', option)
        break
      case 'AS':
      case 'RETURN':
        add('body', option)
        break
      case 'LANGUAGE':
        add('language', option)
        break
      default:
        throw notSupported(`${option.option} of a function`, option.span)
    }
  }
  const language = given.get('language')
  const body = given.get('body')
  if (language !== undefined && language.value!.toLowerCase() !== 'sql')
    throw notSupported(`LANGUAGE ${language.value}`, language.span, 'Write the function in SQL: LANGUAGE sql.')
  if (language === undefined && body?.option !== 'RETURN') throw bindError('42P13', 'no language specified', undefined)
  if (body === undefined) throw bindError('42P13', 'no function body specified', undefined)
  const strict = given.get('strict')
  return {
    strict: strict !== undefined && strict.option !== 'CALLED ON NULL INPUT',
    volatility: (given.get('volatility')?.option.toLowerCase() ?? 'volatile') as Options['volatility'],
    body: (sql) => ({ text: bodyText(body, sql), at: body }),
  }
}

function bodyText(option: FunctionOption, sql: string): string {
  if (option.expr) return `SELECT ${sql.slice(option.expr.span.start, option.expr.span.end)}`
  const [text, second] = option.values!
  if (second !== undefined) throw bindError('42P13', 'only one AS item needed for language "sql"', undefined)
  return text
}

/** Binds the body over its parameters: for its errors, the types of its result and the objects that it reads. */
function bindBody(
  entry: Pick<FunctionEntry, 'fn' | 'parameters' | 'returns' | 'columns'>,
  body: { readonly text: string; readonly at: Place },
  context: PlanningContext,
): { readonly sql: string; readonly dependsOn: readonly number[] } {
  const query = onlyQuery(body.text, body.at)
  const st = newStatement({ ...bindEnv(context), paramTypes: [] })
  const row: RowType = entry.parameters.map((p, i) => ({ name: parameterName(entry, i), type: p.type, nullable: true }))
  const names = row.map((f) => f.name)
  const scope = scopeOf(relation({ kind: 'constant', rows: [], rowType: row }, entry.fn, null, names, [], null), null)
  const last = entry.parameters.length
  const wrong = findParameter(query, last)
  if (wrong > 0) throw new SqlError('42P02', `there is no parameter $${wrong}`)
  try {
    const { plan } = bindInnerQuery(st, namedParameters(entry, query), scope, null)
    checkResult(entry, plan.rowType)
  } catch (e) {
    throw e instanceof SqlError ? new SqlError(e.sqlstate, e.message, { ...e.fields, position: undefined }) : e
  }
  return { sql: canonicalSql(st, body.text, query.span), dependsOn: readsOf(st) }
}

function onlyQuery(text: string, at: Place): Query {
  const statements = parseStatements(text)
  const [query] = statements
  if (statements.length > 1) throw notSupported('a function body of several statements', at.span)
  if (query === undefined) throw bindError('42P13', 'return type mismatch in function: its body is empty', undefined)
  if (query.kind !== 'query') throw notSupported(`${query.kind.toUpperCase()} in a function`, at.span)
  return query
}

/** The number of a parameter behind the last one; 0: there is none. */
function findParameter(query: Query, last: number): number {
  let found = 0
  JSON.stringify(query, (_, node: Partial<Extract<Expr, { kind: 'param' }>> | null) => {
    if (node?.kind === 'param' && node.index! > last) found = node.index!
    return node
  })
  return found
}

function checkResult({ returns, columns }: Pick<FunctionEntry, 'returns' | 'columns'>, row: RowType): void {
  const wanted: readonly SqlType[] = columns?.map((c) => c.type) ?? [returns!]
  const mismatch = (detail: string): SqlError => {
    const type = returns === null ? 'record' : typeText(returns)
    return new SqlError('42P13', `return type mismatch in function declared to return ${type}`, { detail })
  }
  if (row.length !== wanted.length) {
    if (returns !== null) throw mismatch('Final statement must return exactly one column.')
    throw mismatch(`Final statement returns too ${row.length < wanted.length ? 'few' : 'many'} columns.`)
  }
  const wrong = row.findIndex((f, i) => !canCoerce(f.type, wanted[i], 'assignment'))
  if (wrong < 0) return
  const actual = typeText(row[wrong].type)
  throw mismatch(
    returns === null
      ? `Final statement returns ${actual} instead of ${typeText(wanted[wrong])} at column ${wrong + 1}.`
      : `Actual return type is ${actual}.`,
  )
}

/** DROP FUNCTION: by name where that is one, else with the types of its parameters. */
export function planDropFunction(node: Drop, context: PlanningContext): DdlPlan | null {
  handled(node, ['object', 'ifExists', 'names', 'signatures', 'behavior'])
  const st = newStatement(bindEnv(context))
  const objects: number[] = []
  for (const [i, name] of node.names.entries()) {
    const parts = name.parts.map((p) => p.name)
    const types = node.signatures[i]?.map((type) => resolveType(type, st))
    const found = functionsNamed(st, parts).filter(
      ({ parameters }) =>
        types === undefined ||
        (types.length === parameters.length && types.every((t, k) => typeText(t) === typeText(parameters[k].type))),
    )
    const text = `${parts.join('.')}${types === undefined ? '' : `(${types.map(typeText).join(',')})`}`
    if (found.length > 1 && types === undefined) {
      throw bindError('42725', `function name "${text}" is not unique`, undefined, {
        hint: 'Specify the argument list to select the function unambiguously.',
      })
    }
    if (found.length > 0) objects.push(found[0].id)
    else if (!node.ifExists) {
      const message =
        types === undefined ? `could not find a function named "${text}"` : `function ${text} does not exist`
      throw bindError('42883', message, undefined)
    } else {
      const what = types === undefined ? `${text}()` : text
      context.notice({ severity: 'NOTICE', sqlstate: '00000', message: `function ${what} does not exist, skipping` })
    }
  }
  return objects.length === 0 ? null : { kind: 'drop', objects, cascade: node.behavior === 'CASCADE' }
}
