import { hasModifiers } from '../../types/modifiers.ts'
import { formatType, typeByOid } from '../../types/pg-type.ts'
import type { Datum } from '../../types/value.ts'
import { def, defEnv, type Options } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { POLY_OIDS } from '../poly-oids.ts'
import { regToOid, tryReg } from '../reg-names.ts'
import { unwrapped } from '../unwrapped.ts'

/** What drivers, ORMs and psql ask about catalog objects. Without a catalog (in views) definitions are NULL. */
const stable: Options = { volatility: 'stable' }
const relationOid = regToOid('regclass')

const POLY_NAMES = new Map<number, string>(
  Object.entries(POLY_OIDS).map(([name, oid]) => [oid, name === 'any' ? '"any"' : name]),
)

/** Those of the SQL standard show modifiers in their own way or not at all. */
const STANDARD_TYPES: ReadonlySet<string> = new Set(
  'bool int2 int4 int8 float4 float8 numeric varchar bpchar time timestamp timestamptz interval bit varbit'.split(' '),
)

function typeText(args: readonly Datum[], env: EvalEnv): string | null {
  const [oid, typmod] = args as readonly (number | null)[]
  if (oid === null) return null
  if (oid === 0) return '-'
  const type = typeByOid(oid, typmod ?? -1) ?? env.objects?.userType(oid)
  if (type === undefined) return POLY_NAMES.get(oid) ?? env.objects?.rowTypeName(oid) ?? '???'
  const bare = formatType(type)
  const { kind } = type.element ?? type
  if (typmod !== null && typmod >= 0 && !STANDARD_TYPES.has(kind))
    return type.element === undefined ? `${bare}(${typmod})` : `${formatType(type.element)}(${typmod})[]`
  // "character" alone would be read as character(1), and "bit" as bit(1).
  const unbounded = typmod !== null && typmod < 0 && (kind === 'bpchar' || kind === 'bit') && !hasModifiers(type)
  return unbounded ? bare.replace('character', 'bpchar').replace('bit', '"bit"') : bare
}

function always(names: string, answer: boolean): ScalarFunction[] {
  return names.split(' ').map((signature) => def(`${signature} bool`, () => answer, stable))
}

/** The one role owns everything; it has every privilege. */
const PRIVILEGES = [
  ...['table', 'schema', 'database', 'function', 'type', 'sequence', 'any_column', 'language', 'tablespace'].flatMap(
    (what) =>
      ['text', 'oid', 'name,text', 'name,oid', 'oid,text', 'oid,oid'].map(
        (objects) => `has_${what}_privilege(${objects},text)`,
      ),
  ),
  ...['foreign_data_wrapper', 'server'].flatMap((what) =>
    ['text', 'oid', 'name,text', 'name,oid', 'oid,text', 'oid,oid'].map(
      (objects) => `has_${what}_privilege(${objects},text)`,
    ),
  ),
  ...['text', 'name,text', 'oid,text'].map((objects) => `has_parameter_privilege(${objects},text)`),
  ...['', 'name,', 'oid,'].flatMap((role) =>
    ['text,text', 'oid,text', 'text,int2', 'oid,int2'].map((object) => `has_column_privilege(${role}${object},text)`),
  ),
  ...['', 'name,', 'oid,'].flatMap((role) => ['name', 'oid'].map((other) => `pg_has_role(${role}${other},text)`)),
].join(' ')

function bytes(args: readonly Datum[], env: EvalEnv): number | null {
  const oid = relationOid(args[0] as string, env)
  return oid === null ? null : (env.objects?.bytes(oid) ?? null)
}

function serialSequence([table, column]: readonly Datum[], env: EvalEnv): string | null {
  const oid = relationOid(table as string, env)
  return oid === null ? null : (env.objects?.serialSequence(oid, column as string) ?? null)
}

function viewOf(args: readonly Datum[], env: EvalEnv): string | null {
  const [view] = args
  const oid = typeof view === 'string' ? relationOid(view, env) : (view as number)
  return oid === null ? null : (env.objects?.viewDefinition(oid) ?? null)
}

/** An object's definition by its oid; further arguments are layout. */
function definition(name: string, more: readonly string[], find: (objects: Objects, args: readonly Datum[]) => Datum) {
  return ['oid', ...more.map((m) => `oid,${m}`)].map((args) =>
    defEnv(
      `${name}(${args}) text`,
      (values, env) => (env.objects === undefined ? null : find(env.objects, values)),
      stable,
    ),
  )
}
type Objects = NonNullable<EvalEnv['objects']>

const nothing = (names: string): ScalarFunction[] =>
  names.split(' ').map((signature) => def(`${signature} text`, () => null, stable))

export const catalogFunctions: readonly ScalarFunction[] = [
  defEnv('format_type(oid,int4) text', typeText, {
    ...stable,
    strict: false,
    example: ['format_type(1700::oid, 655366)', 'numeric(10,2)'],
  }),
  // There are no rules, triggers or partitions: what asks for them gets nothing.
  ...nothing(
    'shobj_description(oid,name) pg_get_ruledef(oid) pg_get_ruledef(oid,bool) pg_tablespace_location(oid) pg_get_triggerdef(oid) pg_get_triggerdef(oid,bool) pg_get_partkeydef(oid) pg_get_statisticsobjdef(oid) pg_get_statisticsobjdef_columns(oid) pg_get_function_sqlbody(oid) pg_get_function_arg_default(oid,int4) pg_get_partition_constraintdef(oid)',
  ),
  defEnv('pg_get_userbyid(oid) name', (_, env) => env.user, {
    ...stable,
    example: ['pg_get_userbyid(10::oid)', 'millrace'],
  }),
  def('pg_client_encoding() name', () => 'UTF8', stable),
  def('getdatabaseencoding() name', () => 'UTF8', stable),
  // Expressions are kept as their text.
  def('pg_get_expr(text,oid) text', (text: string) => text, stable),
  def(
    'pg_get_expr(text,oid,bool) text',
    (text: string, _: number, pretty: boolean) => (pretty ? unwrapped(text) : text),
    stable,
  ),
  ...['oid', 'oid,bool', 'oid,int4', 'text', 'text,bool'].map((args) =>
    defEnv(`pg_get_viewdef(${args}) text`, viewOf, { ...stable, fallible: true }),
  ),
  ...definition('pg_get_indexdef', ['int4,bool'], (objects, args) =>
    objects.indexDefinition(args[0] as number, (args[1] as number | undefined) ?? 0),
  ),
  ...definition('pg_get_constraintdef', ['bool'], (objects, args) =>
    objects.constraintDefinition(args[0] as number, args[1] === true),
  ),
  defEnv(
    'obj_description(oid,name) text',
    ([oid, name], env) => env.objects?.comment(oid as number, 0, name as string) ?? null,
    stable,
  ),
  defEnv('obj_description(oid) text', ([oid], env) => env.objects?.comment(oid as number, 0, null) ?? null, stable),
  defEnv(
    'col_description(oid,int4) text',
    ([oid, column], env) => env.objects?.comment(oid as number, column as number, 'pg_class') ?? null,
    stable,
  ),
  defEnv('pg_get_serial_sequence(text,text) text', serialSequence, { ...stable, fallible: true }),
  ...(['regclass', 'regtype', 'regproc', 'regnamespace'] as const).map((kind) =>
    defEnv(`to_${kind}(text) ${kind}`, tryReg(kind), stable),
  ),
  ...['pg_table_size', 'pg_total_relation_size', 'pg_relation_size', 'pg_indexes_size'].map((name) =>
    defEnv(`${name}(regclass) int8`, name === 'pg_indexes_size' ? () => 0 : bytes, { ...stable, fallible: true }),
  ),
  defEnv('pg_relation_size(regclass,text) int8', bytes, { ...stable, fallible: true }),
  // The store is one file for all databases and has no tablespaces.
  ...['database', 'tablespace'].flatMap((what) =>
    ['name', 'oid'].map((by) => def(`pg_${what}_size(${by}) int8`, () => null, stable)),
  ),
  defEnv(
    'pg_table_is_visible(oid) bool',
    ([oid], env) => env.objects?.relation(oid as number)?.visible ?? null,
    stable,
  ),
  ...always(
    'pg_type_is_visible(oid) pg_function_is_visible(oid) pg_operator_is_visible(oid) pg_collation_is_visible(oid) pg_opclass_is_visible(oid) pg_opfamily_is_visible(oid) pg_conversion_is_visible(oid) pg_statistics_obj_is_visible(oid) pg_ts_config_is_visible(oid) pg_ts_dict_is_visible(oid) pg_ts_parser_is_visible(oid) pg_ts_template_is_visible(oid)',
    true,
  ),
  ...always('pg_is_other_temp_schema(oid) pg_relation_is_publishable(regclass)', false),
  ...always(PRIVILEGES, true),
]
