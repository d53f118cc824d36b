-- Values that cannot be.
SELECT 'a'::int
SELECT ''::int
SELECT '1.5'::int
SELECT '99999999999'::int
SELECT 99999999999::int
SELECT '99999999999999999999'::bigint
SELECT 99999999999999999999::bigint
SELECT 40000::smallint
SELECT '40000'::smallint
SELECT 2147483647 + 1
SELECT 2147483647 * 2
SELECT -2147483648 - 1
SELECT (-2147483648) / -1
SELECT abs(-2147483648)
SELECT 9223372036854775807 + 1
SELECT 9223372036854775807 * 2
SELECT 32767::smallint + 1::smallint
SELECT 1 / 0
SELECT 1 % 0
SELECT 1.0 / 0
SELECT 1.0 % 0
SELECT 1e0::float8 / 0
SELECT mod(1, 0)
SELECT div(1.0, 0)
SELECT 1e308::float8 * 10
SELECT 1e-308::float8 * 1e-308::float8
-- differs: another text
SELECT 1e39::float4
-- differs: another text
SELECT 1e309::float8
SELECT '1e309'::float8
SELECT '1e39'::float4
SELECT 'x'::float8
SELECT 'x'::numeric
SELECT '1e200000'::numeric
SELECT 12345.678::numeric(6,2)
SELECT 'NaN'::numeric::int
SELECT 'NaN'::float8::int
SELECT 'Infinity'::float8::bigint
SELECT 'Infinity'::numeric(6,2)
SELECT sqrt(-1)
SELECT sqrt(-1.0)
SELECT ln(0)
SELECT ln(-1.0)
SELECT log(0)
SELECT power(0, -1)
SELECT power(-1, 0.5)
SELECT power(0.0, -1)
SELECT exp(1000)
SELECT exp(10000.0)
SELECT acos(2)
SELECT asin(-2)
SELECT factorial(-1)
SELECT 'x'::boolean
SELECT ''::boolean
SELECT 'x'::date
SELECT '2020-02-30'::date
SELECT '2020-13-01'::date
SELECT '2021-02-29'::date
SELECT '0000-01-01'::date
SELECT '5874898-01-01'::date
SELECT '99999-99-99'::date
SELECT '25:00'::time
SELECT '10:61'::time
SELECT 'x'::time
SELECT '2020-01-01 25:00'::timestamp
SELECT '2020-01-01 10:00 Nowhere'::timestamptz
SELECT '2020-01-01 10:00 +99'::timestamptz
SELECT '294277-01-01'::timestamp
SELECT 'x'::timestamp
SELECT 'x'::interval
SELECT '1 foo'::interval
SELECT '1 year 1 year'::interval
SELECT '99999999999 years'::interval
SELECT TIMESTAMP '2020-01-01' + INTERVAL '1000000 years'
SELECT 'x'::uuid
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1'::uuid
SELECT '{'::json
SELECT '{"a":}'::json
SELECT '{a: 1}'::jsonb
SELECT '[1,]'::jsonb
SELECT ''::jsonb
SELECT '{"a": 1'::jsonb
SELECT '"\u00"'::jsonb
SELECT '"\u0000"'::jsonb
SELECT '1 2'::jsonb
SELECT '{1,2'::int[]
SELECT '1,2'::int[]
SELECT '{a}'::int[]
SELECT '{1,2}}'::int[]
SELECT '{1,,2}'::int[]
SELECT ''::int[]
SELECT '\xZZ'::bytea
SELECT '\x1'::bytea
SELECT '\9'::bytea
-- differs: the feature is refused by name
SELECT 'abcdef'::bit
SELECT chr(0)
-- differs: another code
SELECT chr(-1)
SELECT chr(1114112)
SELECT repeat('x', 2000000000)
SELECT substring('abc', 1, -1)
SELECT left('abc', 'x')
SELECT split_part('a,b', ',', 0)
SELECT get_byte('abc'::bytea, 5)
SELECT set_byte('abc'::bytea, 5, 1)
SELECT decode('x', 'hex')
SELECT decode('abc', 'foo')
SELECT encode('abc'::bytea, 'foo')
SELECT decode('!!', 'base64')
-- differs: another text
SELECT convert_from('\xff'::bytea, 'UTF8')
SELECT convert_from('abc'::bytea, 'FOO')
SELECT to_char(1, '9EEEE9')
SELECT width_bucket(1, 2, 2, 5)
SELECT width_bucket(1, 2, 3, 0)
SELECT generate_series(1, 10, 0)
SELECT generate_series(now(), now(), '0 s')
SELECT array_fill(1, NULL)
-- differs: another text
SELECT array_fill(1, ARRAY[NULL::int])
-- differs: taken
SELECT trim_array(ARRAY[1], 2)
SELECT string_to_array('a', 'b', 1)
SELECT ntile(0) OVER () FROM t
SELECT nth_value(id, 0) OVER () FROM t
SELECT sum(id * 2147483647) FROM t
-- differs: another text
SELECT jsonb_array_elements('{}')
-- differs: another text
SELECT jsonb_array_elements('1')
-- differs: the feature is refused by name
SELECT jsonb_each('[]')
SELECT jsonb_object_keys('[]')
SELECT jsonb_array_length('{}')
SELECT '[1]'::jsonb - 'a'::text - 1 - 'x'::text - '{}'::int
SELECT '{"a":1}'::jsonb - 1
SELECT '1'::jsonb - 1
SELECT jsonb_set('1', '{a}', '2')
SELECT jsonb_set('[1]', '{a}', '2')
SELECT jsonb_build_object('a')
-- differs: another code
SELECT jsonb_build_object(NULL, 1)
SELECT json_object('{a}')
SELECT jsonb_object_agg(NULL, 1)
-- differs: another text
SELECT ('"x"'::jsonb)::int
SELECT ('{}'::jsonb)::boolean
-- differs: another text
SELECT ('null'::jsonb)::int
SELECT id / (id - id) FROM t
SELECT name::int FROM t
SELECT 1 FROM t WHERE 1 / (id - 1) > 0
SELECT sum(1 / (id - 1)) FROM t
SELECT make_time(25, 0, 0)
SELECT make_timestamp(2020, 1, 1, 25, 0, 0)
-- differs: the feature is refused by name
SELECT make_interval(days => 99999999999)
SELECT date_bin('0 s', now(), now())
SELECT date_bin('1 month', now(), now())
-- differs: another code
SELECT age('x')
-- differs: the feature is refused by name
SELECT set_config('missing', 'x', false)
SELECT current_setting('missing.setting')
SELECT current_setting('missing')
SELECT lpad('x', 2000000000)
SELECT regexp_match('a', '(')
SELECT format('%', 1)
SELECT format('%s')
SELECT format('%z', 1)
SELECT format('%I', NULL)
SELECT format('%2$s', 1)
SELECT format('%0$s', 1)
