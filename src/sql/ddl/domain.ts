import type { Alter } from '../../../grammar/ast-ddl.ts'
import type { ColumnConstraint } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { TypeEntry } from '../../catalog/entry.ts'
import type { ColumnPlan, DdlPlan, DomainPlan } from '../../plan/ddl.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { bindCheck } from './checks.ts'
import { bindDefaultClause } from './default-clause.ts'

/** What stands behind the type in CREATE DOMAIN. A CHECK reads the value as VALUE. */
export function bindRules(
  st: Statement,
  name: string,
  base: SqlType,
  constraints: readonly ColumnConstraint[],
  sql: string,
): DomainPlan {
  const checks: DomainPlan['checks'][number][] = []
  let notNull: boolean | undefined
  let defaultSql: string | null | undefined
  for (const constraint of constraints) {
    switch (constraint.kind) {
      case 'notNull':
      case 'nullable':
        if (notNull === (constraint.kind === 'nullable'))
          throw bindError('42601', 'conflicting NULL/NOT NULL constraints', undefined)
        notNull = constraint.kind === 'notNull'
        break
      case 'default': {
        if (defaultSql !== undefined) throw bindError('42601', 'multiple default expressions', undefined)
        const clause = bindDefaultClause(st, { name, type: base }, constraint.expr, sql)
        if (clause.sequence !== undefined) throw notSupported('nextval as the DEFAULT of a domain', constraint.span)
        defaultSql = clause.defaultSql
        break
      }
      case 'check':
        checks.push(domainCheck(st, name, base, constraint, checks))
        break
      case 'primaryKey':
        throw bindError('42601', 'primary key constraints not possible for domains', undefined)
      case 'unique':
        throw bindError('42601', 'unique constraints not possible for domains', undefined)
      case 'references':
        throw bindError('42601', 'foreign key constraints not possible for domains', undefined)
      default:
        throw notSupported(`${constraint.kind} of a domain`, constraint.span)
    }
  }
  return { base, notNull: notNull ?? false, defaultSql: defaultSql ?? null, checks }
}

type CheckOf = Parameters<typeof bindCheck>[2]

function domainCheck(
  st: Statement,
  domain: string,
  base: SqlType,
  node: CheckOf,
  others: DomainPlan['checks'],
): DomainPlan['checks'][number] {
  const value: ColumnPlan = { name: 'value', type: base, notNull: false, defaultSql: null }
  const taken = (name: string) => others.some((c) => c.name === name)
  const check = bindCheck(st, domain, node, [value], taken, true)
  if (taken(check.name))
    throw bindError('42710', `constraint "${check.name}" for domain "${domain}" already exists`, undefined)
  return check
}

type Action = Alter['actions'][number]

export function planAlterDomain(entry: TypeEntry, action: Action, context: PlanningContext): DdlPlan | null {
  const { rules } = entry
  if (rules === undefined) throw bindError('42809', `${entry.name} is not a domain`, undefined)
  const before = rules as DomainPlan
  const st = newStatement(bindEnv(context))
  const altered = (
    change: Partial<DomainPlan>,
    checked: Extract<DdlPlan, { kind: 'alterDomain' }>['checked'] = { notNull: false, checks: [] },
  ): DdlPlan => ({ kind: 'alterDomain', object: entry.id, rules: { ...before, ...change }, checked })
  switch (action.kind) {
    case 'addConstraint': {
      const { constraint } = action
      if (constraint.kind !== 'tableCheck')
        throw bindError('42601', 'constraint of a domain must be a CHECK', constraint)
      const check = domainCheck(st, entry.name, rules.base, constraint, before.checks)
      return altered({ checks: [...before.checks, check] }, { notNull: false, checks: [check] })
    }
    case 'dropConstraint': {
      handled(action, ['constraint', 'ifExists', 'behavior'])
      const { name } = action.constraint
      if (!before.checks.some((c) => c.name === name)) {
        const message = `constraint "${name}" of domain "${entry.name}" does not exist`
        if (!action.ifExists) throw bindError('42704', message, undefined)
        context.notice({ severity: 'NOTICE', sqlstate: '00000', message: `${message}, skipping` })
        return null
      }
      return altered({ checks: before.checks.filter((c) => c.name !== name) })
    }
    case 'renameConstraint': {
      const [from, to] = [action.constraint.name, action.name.name]
      const named = (name: string) => before.checks.some((c) => c.name === name)
      if (!named(from))
        throw bindError('42704', `constraint "${from}" for domain ${entry.name} does not exist`, undefined)
      if (named(to)) throw bindError('42710', `constraint "${to}" for domain ${entry.name} already exists`, undefined)
      return altered({ checks: before.checks.map((c) => (c.name === from ? { ...c, name: to } : c)) })
    }
    case 'setDomainDefault': {
      const clause = bindDefaultClause(st, { name: entry.name, type: rules.base }, action.expr, context.sql)
      if (clause.sequence !== undefined) throw notSupported('nextval as the DEFAULT of a domain', action.span)
      return altered({ defaultSql: clause.defaultSql })
    }
    case 'dropDomainDefault':
      return altered({ defaultSql: null })
    case 'setDomainNotNull':
      return altered({ notNull: action.notNull }, { notNull: action.notNull, checks: [] })
    default:
      throw notSupported(`ALTER DOMAIN … ${action.kind.replace(/([A-Z])/g, ' $1').toUpperCase()}`, action.span)
  }
}
