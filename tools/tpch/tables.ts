/** The eight relations of TPC-H, with the types of its specification. */
export const TABLES = {
  region: {
    columns: ['r_regionkey integer', 'r_name char(25)', 'r_comment varchar(152)'],
    key: 'r_regionkey',
  },
  nation: {
    columns: ['n_nationkey integer', 'n_name char(25)', 'n_regionkey integer NOT NULL', 'n_comment varchar(152)'],
    key: 'n_nationkey',
  },
  supplier: {
    columns: [
      's_suppkey integer',
      's_name char(25)',
      's_address varchar(40)',
      's_nationkey integer NOT NULL',
      's_phone char(15)',
      's_acctbal decimal(15,2)',
      's_comment varchar(101)',
    ],
    key: 's_suppkey',
  },
  part: {
    columns: [
      'p_partkey integer',
      'p_name varchar(55)',
      'p_mfgr char(25)',
      'p_brand char(10)',
      'p_type varchar(25)',
      'p_size integer',
      'p_container char(10)',
      'p_retailprice decimal(15,2)',
      'p_comment varchar(23)',
    ],
    key: 'p_partkey',
  },
  partsupp: {
    columns: [
      'ps_partkey integer',
      'ps_suppkey integer',
      'ps_availqty integer',
      'ps_supplycost decimal(15,2)',
      'ps_comment varchar(199)',
    ],
    key: 'ps_partkey, ps_suppkey',
  },
  customer: {
    columns: [
      'c_custkey integer',
      'c_name varchar(25)',
      'c_address varchar(40)',
      'c_nationkey integer NOT NULL',
      'c_phone char(15)',
      'c_acctbal decimal(15,2)',
      'c_mktsegment char(10)',
      'c_comment varchar(117)',
    ],
    key: 'c_custkey',
  },
  orders: {
    columns: [
      'o_orderkey integer',
      'o_custkey integer NOT NULL',
      'o_orderstatus char(1)',
      'o_totalprice decimal(15,2)',
      'o_orderdate date',
      'o_orderpriority char(15)',
      'o_clerk char(15)',
      'o_shippriority integer',
      'o_comment varchar(79)',
    ],
    key: 'o_orderkey',
  },
  lineitem: {
    columns: [
      'l_orderkey integer',
      'l_partkey integer NOT NULL',
      'l_suppkey integer NOT NULL',
      'l_linenumber integer',
      'l_quantity decimal(15,2)',
      'l_extendedprice decimal(15,2)',
      'l_discount decimal(15,2)',
      'l_tax decimal(15,2)',
      'l_returnflag char(1)',
      'l_linestatus char(1)',
      'l_shipdate date',
      'l_commitdate date',
      'l_receiptdate date',
      'l_shipinstruct char(25)',
      'l_shipmode char(10)',
      'l_comment varchar(44)',
    ],
    key: 'l_orderkey, l_linenumber',
  },
} as const satisfies Record<string, { readonly columns: readonly string[]; readonly key: string }>

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[]

export const createTable = (name: TableName): string =>
  `CREATE TABLE ${name} (${TABLES[name].columns.join(', ')}, PRIMARY KEY (${TABLES[name].key}))`

/** For PostgreSQL, which otherwise looks through whole tables at each correlated subquery. */
export const REFERENCE_INDEXES = [
  'CREATE INDEX ON lineitem (l_partkey, l_suppkey)',
  'CREATE INDEX ON lineitem (l_suppkey)',
  'CREATE INDEX ON orders (o_custkey)',
  'CREATE INDEX ON partsupp (ps_suppkey)',
] as const
