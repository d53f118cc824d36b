/** The oids of PostgreSQL's pg_proc for our functions, aggregates and table functions: [id, oid] pairs. */
const PAIRS = `
  abs(float4) 1394  abs(float8) 1395  abs(int2) 1398  abs(int4) 1397  abs(int8) 1396  abs(numeric) 1705
  acos(float8) 1601  acosd(float8) 2732  acosh(float8) 2466  age(timestamp) 2059  age(timestamp,timestamp) 2058
  age(timestamptz) 1386  age(timestamptz,timestamptz) 1199  anytextcat(anynonarray,text) 2004
  array_agg(anyarray) 4053  array_append(anycompatiblearray,anycompatible) 378
  array_cat(anycompatiblearray,anycompatiblearray) 383  array_dims(anyarray) 747  array_eq(anyarray,anyarray) 744
  array_fill(anyelement,int4[]) 1193  array_fill(anyelement,int4[],int4[]) 1286  array_ge(anyarray,anyarray) 396
  array_gt(anyarray,anyarray) 392  array_le(anyarray,anyarray) 393  array_length(anyarray,int4) 2176
  array_lower(anyarray,int4) 2091  array_lt(anyarray,anyarray) 391  array_ndims(anyarray) 748
  array_ne(anyarray,anyarray) 390  array_position(anycompatiblearray,anycompatible) 3277
  array_position(anycompatiblearray,anycompatible,int4) 3278  array_positions(anycompatiblearray,anycompatible) 3279
  array_prepend(anycompatible,anycompatiblearray) 379  array_remove(anycompatiblearray,anycompatible) 3167
  array_replace(anycompatiblearray,anycompatible,anycompatible) 3168  array_to_json(anyarray) 3153
  array_to_json(anyarray,bool) 3154  array_to_string(anyarray,text) 395  array_to_string(anyarray,text,text) 384
  array_upper(anyarray,int4) 2092  arraycontained(anyarray,anyarray) 2749  arraycontains(anyarray,anyarray) 2748
  arrayoverlap(anyarray,anyarray) 2747  ascii(text) 1620  asin(float8) 1600  asind(float8) 2731  asinh(float8) 2465
  atan(float8) 1602  atan2(float8,float8) 1603  atan2d(float8,float8) 2734  atand(float8) 2733  atanh(float8) 2467
  avg(float4) 2104  avg(float8) 2105  avg(int2) 2102  avg(int4) 2101  avg(int8) 2100  avg(interval) 2106
  avg(numeric) 2103  bit_and(bit) 2242  bit_and(int2) 2236  bit_and(int4) 2238  bit_and(int8) 2240
  bit_count(bit) 6162  bit_count(bytea) 6163  bit_length(bit) 1812  bit_length(bytea) 1810  bit_length(text) 1811
  bit_or(bit) 2243  bit_or(int2) 2237  bit_or(int4) 2239  bit_or(int8) 2241  bit_xor(bit) 6167  bit_xor(int2) 6164
  bit_xor(int4) 6165  bit_xor(int8) 6166  bitand(bit,bit) 1673  bitcat(varbit,varbit) 1679  biteq(bit,bit) 1581
  bitge(bit,bit) 1592  bitgt(bit,bit) 1593  bitle(bit,bit) 1594  bitlt(bit,bit) 1595  bitne(bit,bit) 1582
  bitnot(bit) 1676  bitor(bit,bit) 1674  bitshiftleft(bit,int4) 1677  bitshiftright(bit,int4) 1678
  bitxor(bit,bit) 1675  bool_and(bool) 2517  bool_or(bool) 2518  booleq(bool,bool) 60  boolge(bool,bool) 1692
  boolgt(bool,bool) 57  boolle(bool,bool) 1691  boollt(bool,bool) 56  boolne(bool,bool) 84
  bpchar_pattern_ge(bpchar,bpchar) 2177  bpchar_pattern_gt(bpchar,bpchar) 2178  bpchar_pattern_le(bpchar,bpchar) 2175
  bpchar_pattern_lt(bpchar,bpchar) 2174  bpchareq(bpchar,bpchar) 1048  bpcharge(bpchar,bpchar) 1052
  bpchargt(bpchar,bpchar) 1051  bpchariclike(bpchar,text) 1660  bpcharicnlike(bpchar,text) 1661
  bpcharicregexeq(bpchar,text) 1656  bpcharicregexne(bpchar,text) 1657  bpcharle(bpchar,bpchar) 1050
  bpcharlike(bpchar,text) 1631  bpcharlt(bpchar,bpchar) 1049  bpcharne(bpchar,bpchar) 1053
  bpcharnlike(bpchar,text) 1632  bpcharregexeq(bpchar,text) 1658  bpcharregexne(bpchar,text) 1659
  btrim(bytea,bytea) 2015  btrim(text) 885  btrim(text,text) 884  byteacat(bytea,bytea) 2011
  byteaeq(bytea,bytea) 1948  byteage(bytea,bytea) 1952  byteagt(bytea,bytea) 1951  byteale(bytea,bytea) 1950
  bytealike(bytea,bytea) 2005  bytealt(bytea,bytea) 1949  byteane(bytea,bytea) 1953  byteanlike(bytea,bytea) 2006
  cardinality(anyarray) 3179  cbrt(float8) 1345  ceil(float8) 2308  ceil(numeric) 1711  ceiling(float8) 2320
  ceiling(numeric) 2167  char_length(bpchar) 1372  char_length(text) 1381  character_length(bpchar) 1367
  character_length(text) 1369  chareq(char,char) 61  charge(char,char) 74  chargt(char,char) 73  charle(char,char) 72
  charlt(char,char) 1246  charne(char,char) 70  chr(int4) 1621  clock_timestamp() 2649  col_description(oid,int4) 1216
  concat(any) 3058  concat_ws(text,any) 3059  convert(bytea,name,name) 1813  convert_from(bytea,name) 1714
  convert_to(text,name) 1717  corr(float8,float8) 2829  cos(float8) 1605  cosd(float8) 2736  cosh(float8) 2463
  cot(float8) 1607  cotd(float8) 2738  count() 2803  count(any) 2147  covar_pop(float8,float8) 2827
  covar_samp(float8,float8) 2828  cume_dist(any) 3990  current_database() 861  current_schema() 1402
  current_schemas(bool) 1403  current_setting(text) 2077  current_setting(text,bool) 3294  current_user() 745
  currval(regclass) 1575  date_bin(interval,timestamp,timestamp) 6177  date_bin(interval,timestamptz,timestamptz) 6178
  date_eq(date,date) 1086  date_ge(date,date) 1090  date_gt(date,date) 1089  date_le(date,date) 1088
  date_lt(date,date) 1087  date_mi(date,date) 1140  date_mi_interval(date,interval) 2072  date_mii(date,int4) 1142
  date_ne(date,date) 1091  date_part(text,date) 1384  date_part(text,interval) 1172  date_part(text,time) 1385
  date_part(text,timestamp) 2021  date_part(text,timestamptz) 1171  date_pl_interval(date,interval) 2071
  date_pli(date,int4) 1141  date_trunc(text,interval) 1218  date_trunc(text,timestamp) 2020
  date_trunc(text,timestamptz) 1217  date_trunc(text,timestamptz,text) 1284  datemultirange() 4292
  datemultirange(daterange) 4293  datemultirange(daterange,daterange) 4294  daterange(date,date) 3941
  daterange(date,date,text) 3942  datetime_pl(date,time) 1272  dcbrt(float8) 231  decode(text,text) 1947
  degrees(float8) 1608  dense_rank(any) 3992  dexp(float8) 233  div(numeric,numeric) 1973  dlog1(float8) 234
  dlog10(float8) 1339  dpow(float8,float8) 232  dround(float8) 228  dsqrt(float8) 230  dtrunc(float8) 229
  elem_contained_by_multirange(anyelement,anymultirange) 4252  elem_contained_by_range(anyelement,anyrange) 3860
  encode(bytea,text) 1946  enum_cmp(anyenum,anyenum) 3514  enum_eq(anyenum,anyenum) 3508  enum_first(anyenum) 3528
  enum_ge(anyenum,anyenum) 3513  enum_gt(anyenum,anyenum) 3511  enum_larger(anyenum,anyenum) 3525
  enum_last(anyenum) 3529  enum_le(anyenum,anyenum) 3512  enum_lt(anyenum,anyenum) 3510  enum_ne(anyenum,anyenum) 3509
  enum_range(anyenum) 3531  enum_range(anyenum,anyenum) 3530  enum_smaller(anyenum,anyenum) 3524  every(bool) 2519
  exp(float8) 1347  exp(numeric) 1732  extract(text,date) 6199  extract(text,interval) 6204  extract(text,time) 6200
  extract(text,timestamp) 6202  extract(text,timestamptz) 6203  factorial(int8) 1376  float4abs(float4) 207
  float4div(float4,float4) 203  float4eq(float4,float4) 287  float4ge(float4,float4) 292  float4gt(float4,float4) 291
  float4le(float4,float4) 290  float4lt(float4,float4) 289  float4mi(float4,float4) 205  float4mul(float4,float4) 202
  float4ne(float4,float4) 288  float4pl(float4,float4) 204  float4um(float4) 206  float4up(float4) 1913
  float8abs(float8) 221  float8div(float8,float8) 217  float8eq(float8,float8) 293  float8ge(float8,float8) 298
  float8gt(float8,float8) 297  float8le(float8,float8) 296  float8lt(float8,float8) 295  float8mi(float8,float8) 219
  float8mul(float8,float8) 216  float8ne(float8,float8) 294  float8pl(float8,float8) 218  float8um(float8) 220
  float8up(float8) 1914  floor(float8) 2309  floor(numeric) 1712  format(text) 3540  format(text,any) 3539
  format_type(oid,int4) 1081  gcd(int4,int4) 5044  gcd(int8,int8) 5045  gcd(numeric,numeric) 5048
  gen_random_uuid() 3432  generate_series(int4,int4) 1067  generate_series(int4,int4,int4) 1066
  generate_series(int8,int8) 1069  generate_series(int8,int8,int8) 1068  generate_series(numeric,numeric) 3260
  generate_series(numeric,numeric,numeric) 3259  generate_series(timestamp,timestamp,interval) 938
  generate_series(timestamptz,timestamptz,interval) 939  generate_subscripts(anyarray,int4) 1192
  generate_subscripts(anyarray,int4,bool) 1191  get_bit(bit,int4) 3032  get_bit(bytea,int8) 723
  get_byte(bytea,int4) 721  getdatabaseencoding() 1039  getpgusername() 710
  has_any_column_privilege(name,oid,text) 3025  has_any_column_privilege(name,text,text) 3024
  has_any_column_privilege(oid,oid,text) 3027  has_any_column_privilege(oid,text) 3029
  has_any_column_privilege(oid,text,text) 3026  has_any_column_privilege(text,text) 3028
  has_column_privilege(name,oid,int2,text) 3015  has_column_privilege(name,oid,text,text) 3014
  has_column_privilege(name,text,int2,text) 3013  has_column_privilege(name,text,text) 3020
  has_column_privilege(name,text,text,text) 3012  has_column_privilege(oid,int2,text) 3023
  has_column_privilege(oid,oid,int2,text) 3019  has_column_privilege(oid,oid,text,text) 3018
  has_column_privilege(oid,text,int2,text) 3017  has_column_privilege(oid,text,text) 3022
  has_column_privilege(oid,text,text,text) 3016  has_column_privilege(text,int2,text) 3021
  has_column_privilege(text,text,text) 3020  has_database_privilege(name,oid,text) 2251
  has_database_privilege(name,text,text) 2250  has_database_privilege(oid,oid,text) 2253
  has_database_privilege(oid,text) 2255  has_database_privilege(oid,text,text) 2252
  has_database_privilege(text,text) 2254  has_foreign_data_wrapper_privilege(name,oid,text) 3001
  has_foreign_data_wrapper_privilege(name,text,text) 3000  has_foreign_data_wrapper_privilege(oid,oid,text) 3003
  has_foreign_data_wrapper_privilege(oid,text) 3005  has_foreign_data_wrapper_privilege(oid,text,text) 3002
  has_foreign_data_wrapper_privilege(text,text) 3004  has_function_privilege(name,oid,text) 2257
  has_function_privilege(name,text,text) 2256  has_function_privilege(oid,oid,text) 2259
  has_function_privilege(oid,text) 2261  has_function_privilege(oid,text,text) 2258
  has_function_privilege(text,text) 2260  has_language_privilege(name,oid,text) 2263
  has_language_privilege(name,text,text) 2262  has_language_privilege(oid,oid,text) 2265
  has_language_privilege(oid,text) 2267  has_language_privilege(oid,text,text) 2264
  has_language_privilege(text,text) 2266  has_parameter_privilege(name,text,text) 6205
  has_parameter_privilege(oid,text,text) 6206  has_parameter_privilege(text,text) 6207
  has_schema_privilege(name,oid,text) 2269  has_schema_privilege(name,text,text) 2268
  has_schema_privilege(oid,oid,text) 2271  has_schema_privilege(oid,text) 2273
  has_schema_privilege(oid,text,text) 2270  has_schema_privilege(text,text) 2272
  has_sequence_privilege(name,oid,text) 2182  has_sequence_privilege(name,text,text) 2181
  has_sequence_privilege(oid,oid,text) 2184  has_sequence_privilege(oid,text) 2186
  has_sequence_privilege(oid,text,text) 2183  has_sequence_privilege(text,text) 2185
  has_server_privilege(name,oid,text) 3007  has_server_privilege(name,text,text) 3006
  has_server_privilege(oid,oid,text) 3009  has_server_privilege(oid,text) 3011
  has_server_privilege(oid,text,text) 3008  has_server_privilege(text,text) 3010
  has_table_privilege(name,oid,text) 1923  has_table_privilege(name,text,text) 1922
  has_table_privilege(oid,oid,text) 1925  has_table_privilege(oid,text) 1927  has_table_privilege(oid,text,text) 1924
  has_table_privilege(text,text) 1926  has_tablespace_privilege(name,oid,text) 2391
  has_tablespace_privilege(name,text,text) 2390  has_tablespace_privilege(oid,oid,text) 2393
  has_tablespace_privilege(oid,text) 2395  has_tablespace_privilege(oid,text,text) 2392
  has_tablespace_privilege(text,text) 2394  has_type_privilege(name,oid,text) 3139
  has_type_privilege(name,text,text) 3138  has_type_privilege(oid,oid,text) 3141  has_type_privilege(oid,text) 3143
  has_type_privilege(oid,text,text) 3140  has_type_privilege(text,text) 3142  initcap(text) 872  int2abs(int2) 1253
  int2and(int2,int2) 1892  int2div(int2,int2) 153  int2eq(int2,int2) 63  int2ge(int2,int2) 151  int2gt(int2,int2) 146
  int2le(int2,int2) 148  int2lt(int2,int2) 64  int2mi(int2,int2) 180  int2mod(int2,int2) 155  int2mul(int2,int2) 152
  int2ne(int2,int2) 145  int2not(int2) 1895  int2or(int2,int2) 1893  int2pl(int2,int2) 176  int2shl(int2,int4) 1896
  int2shr(int2,int4) 1897  int2um(int2) 213  int2up(int2) 1911  int2xor(int2,int2) 1894  int4abs(int4) 1251
  int4and(int4,int4) 1898  int4div(int4,int4) 154  int4eq(int4,int4) 65  int4ge(int4,int4) 150  int4gt(int4,int4) 147
  int4inc(int4) 766  int4le(int4,int4) 149  int4lt(int4,int4) 66  int4mi(int4,int4) 181  int4mod(int4,int4) 156
  int4mul(int4,int4) 141  int4multirange() 4280  int4multirange(int4range) 4281
  int4multirange(int4range,int4range) 4282  int4ne(int4,int4) 144  int4not(int4) 1901  int4or(int4,int4) 1899
  int4pl(int4,int4) 177  int4range(int4,int4) 3840  int4range(int4,int4,text) 3841  int4shl(int4,int4) 1902
  int4shr(int4,int4) 1903  int4um(int4) 212  int4up(int4) 1912  int4xor(int4,int4) 1900  int8abs(int8) 1230
  int8and(int8,int8) 1904  int8div(int8,int8) 466  int8eq(int8,int8) 467  int8ge(int8,int8) 472  int8gt(int8,int8) 470
  int8le(int8,int8) 471  int8lt(int8,int8) 469  int8mi(int8,int8) 464  int8mod(int8,int8) 945  int8mul(int8,int8) 465
  int8multirange() 4295  int8multirange(int8range) 4296  int8multirange(int8range,int8range) 4297
  int8ne(int8,int8) 468  int8not(int8) 1907  int8or(int8,int8) 1905  int8pl(int8,int8) 463  int8range(int8,int8) 3945
  int8range(int8,int8,text) 3946  int8shl(int8,int4) 1908  int8shr(int8,int4) 1909  int8um(int8) 462
  int8up(int8) 1910  int8xor(int8,int8) 1906  integer_pl_date(int4,date) 2550  interval_div(interval,float8) 1326
  interval_eq(interval,interval) 1162  interval_ge(interval,interval) 1166  interval_gt(interval,interval) 1167
  interval_le(interval,interval) 1165  interval_lt(interval,interval) 1164  interval_mi(interval,interval) 1170
  interval_mul(interval,float8) 1618  interval_ne(interval,interval) 1163  interval_pl(interval,interval) 1169
  interval_pl_date(interval,date) 2546  interval_pl_time(interval,time) 1848
  interval_pl_timestamp(interval,timestamp) 2548  interval_pl_timestamptz(interval,timestamptz) 2549
  interval_um(interval) 1168  is_normalized(text,text) 4351  isempty(anymultirange) 4237  isempty(anyrange) 3850
  isfinite(date) 1373  isfinite(interval) 1390  isfinite(timestamp) 2048  isfinite(timestamptz) 1389
  json_array_element(json,int4) 3949  json_array_element_text(json,int4) 3950  json_array_elements(json) 3955
  json_array_elements_text(json) 3969  json_array_length(json) 3956  json_build_array() 3199
  json_build_array(any) 3198  json_build_object() 3201  json_build_object(any) 3200  json_each(json) 3958
  json_each_text(json) 3959  json_extract_path(json,text) 3951  json_extract_path(json,text[]) 3951
  json_extract_path_text(json,text) 3953  json_extract_path_text(json,text[]) 3953  json_object(text[]) 3202
  json_object(text[],text[]) 3203  json_object_field(json,text) 3947  json_object_field_text(json,text) 3948
  json_object_keys(json) 3957  json_strip_nulls(json) 3261  json_typeof(json) 3968
  jsonb_array_element(jsonb,int4) 3215  jsonb_array_element_text(jsonb,int4) 3216  jsonb_array_elements(jsonb) 3219
  jsonb_array_elements_text(jsonb) 3465  jsonb_array_length(jsonb) 3207  jsonb_build_array() 3272
  jsonb_build_array(any) 3271  jsonb_build_object() 3274  jsonb_build_object(any) 3273  jsonb_concat(jsonb,jsonb) 3301
  jsonb_contained(jsonb,jsonb) 4050  jsonb_contains(jsonb,jsonb) 4046  jsonb_delete(jsonb,int4) 3303
  jsonb_delete(jsonb,text) 3302  jsonb_delete(jsonb,text[]) 3343  jsonb_delete_path(jsonb,text[]) 3304
  jsonb_each(jsonb) 3208  jsonb_each_text(jsonb) 3932  jsonb_eq(jsonb,jsonb) 4043  jsonb_exists(jsonb,text) 4047
  jsonb_exists_all(jsonb,text[]) 4049  jsonb_exists_any(jsonb,text[]) 4048  jsonb_extract_path(jsonb,text) 3217
  jsonb_extract_path(jsonb,text[]) 3217  jsonb_extract_path_text(jsonb,text) 3940
  jsonb_extract_path_text(jsonb,text[]) 3940  jsonb_ge(jsonb,jsonb) 4042  jsonb_gt(jsonb,jsonb) 4040
  jsonb_insert(jsonb,text[],jsonb,bool) 3579  jsonb_le(jsonb,jsonb) 4041  jsonb_lt(jsonb,jsonb) 4039
  jsonb_ne(jsonb,jsonb) 4038  jsonb_object(text[]) 3263  jsonb_object(text[],text[]) 3264
  jsonb_object_field(jsonb,text) 3478  jsonb_object_field_text(jsonb,text) 3214  jsonb_object_keys(jsonb) 3931
  jsonb_path_exists(jsonb,jsonpath,jsonb,bool) 4005  jsonb_path_exists_opr(jsonb,jsonpath) 4010
  jsonb_path_exists_tz(jsonb,jsonpath,jsonb,bool) 1177  jsonb_path_match(jsonb,jsonpath,jsonb,bool) 4009
  jsonb_path_match_opr(jsonb,jsonpath) 4011  jsonb_path_match_tz(jsonb,jsonpath,jsonb,bool) 2030
  jsonb_path_query(jsonb,jsonpath,jsonb,bool) 4006  jsonb_path_query_array(jsonb,jsonpath,jsonb,bool) 4007
  jsonb_path_query_array_tz(jsonb,jsonpath,jsonb,bool) 1180  jsonb_path_query_first(jsonb,jsonpath,jsonb,bool) 4008
  jsonb_path_query_first_tz(jsonb,jsonpath,jsonb,bool) 2023  jsonb_path_query_tz(jsonb,jsonpath,jsonb,bool) 1179
  jsonb_pretty(jsonb) 3306  jsonb_set(jsonb,text[],jsonb,bool) 3305  jsonb_set_lax(jsonb,text[],jsonb,bool,text) 5054
  jsonb_strip_nulls(jsonb) 3262  jsonb_typeof(jsonb) 3210  justify_days(interval) 1295  justify_hours(interval) 1175
  justify_interval(interval) 2711  lastval() 2559  lcm(int4,int4) 5046  lcm(int8,int8) 5047  lcm(numeric,numeric) 5049
  left(text,int4) 3060  length(bit) 1681  length(bpchar) 1318  length(bytea) 2010  length(bytea,name) 1713
  length(text) 1317  like(bytea,bytea) 2007  like(name,text) 1571  like(text,text) 1569  like_escape(bytea,bytea) 2009
  like_escape(text,text) 1637  ln(float8) 1341  ln(numeric) 1734  log(float8) 1340  log(numeric) 1741
  log(numeric,numeric) 1736  log10(float8) 1194  log10(numeric) 1481  lower(anymultirange) 4235  lower(anyrange) 3848
  lower(text) 870  lower_inc(anymultirange) 4238  lower_inc(anyrange) 3851  lower_inf(anymultirange) 4240
  lower_inf(anyrange) 3853  lpad(text,int4) 879  lpad(text,int4,text) 873  ltrim(bytea,bytea) 6195  ltrim(text) 881
  ltrim(text,text) 875  make_date(int4,int4,int4) 3846  make_interval(int4,int4,int4,int4,int4,int4,float8) 3464
  make_time(int4,int4,float8) 3847  make_timestamp(int4,int4,int4,int4,int4,float8) 3461
  make_timestamptz(int4,int4,int4,int4,int4,float8) 3462  make_timestamptz(int4,int4,int4,int4,int4,float8,text) 3463
  max(anyarray) 2050  max(anyenum) 3526  max(bpchar) 2244  max(date) 2122  max(float4) 2119  max(float8) 2120
  max(int2) 2117  max(int4) 2116  max(int8) 2115  max(interval) 2128  max(numeric) 2130  max(oid) 2118  max(text) 2129
  max(time) 2123  max(timestamp) 2126  max(timestamptz) 2127  md5(bytea) 2321  md5(text) 2311  min(anyarray) 2051
  min(anyenum) 3527  min(bpchar) 2245  min(date) 2138  min(float4) 2135  min(float8) 2136  min(int2) 2133
  min(int4) 2132  min(int8) 2131  min(interval) 2144  min(numeric) 2146  min(oid) 2134  min(text) 2145  min(time) 2139
  min(timestamp) 2142  min(timestamptz) 2143  min_scale(numeric) 5042  mod(int2,int2) 940  mod(int4,int4) 941
  mod(int8,int8) 947  mod(numeric,numeric) 1728  mode(anyelement) 3984  mul_d_interval(float8,interval) 1624
  multirange(anyrange) 4298  multirange_adjacent_multirange(anymultirange,anymultirange) 4256
  multirange_adjacent_range(anymultirange,anyrange) 4257
  multirange_after_multirange(anymultirange,anymultirange) 4263  multirange_after_range(anymultirange,anyrange) 4262
  multirange_before_multirange(anymultirange,anymultirange) 4260  multirange_before_range(anymultirange,anyrange) 4259
  multirange_contained_by_multirange(anymultirange,anymultirange) 4254
  multirange_contained_by_range(anymultirange,anyrange) 4542  multirange_contains_elem(anymultirange,anyelement) 4249
  multirange_contains_multirange(anymultirange,anymultirange) 4251
  multirange_contains_range(anymultirange,anyrange) 4250  multirange_eq(anymultirange,anymultirange) 4244
  multirange_ge(anymultirange,anymultirange) 4276  multirange_gt(anymultirange,anymultirange) 4277
  multirange_intersect(anymultirange,anymultirange) 4272  multirange_le(anymultirange,anymultirange) 4275
  multirange_lt(anymultirange,anymultirange) 4274  multirange_minus(anymultirange,anymultirange) 4271
  multirange_ne(anymultirange,anymultirange) 4245  multirange_overlaps_multirange(anymultirange,anymultirange) 4248
  multirange_overlaps_range(anymultirange,anyrange) 4247
  multirange_overleft_multirange(anymultirange,anymultirange) 4266
  multirange_overleft_range(anymultirange,anyrange) 4265
  multirange_overright_multirange(anymultirange,anymultirange) 4269
  multirange_overright_range(anymultirange,anyrange) 4268  multirange_union(anymultirange,anymultirange) 4270
  nameconcatoid(name,oid) 266  nameeq(name,name) 62  namege(name,name) 658  namegt(name,name) 657
  nameiclike(name,text) 1635  nameicnlike(name,text) 1636  nameicregexeq(name,text) 1240
  nameicregexne(name,text) 1241  namele(name,name) 656  namelike(name,text) 858  namelt(name,name) 655
  namene(name,name) 659  namenlike(name,text) 859  nameregexeq(name,text) 79  nameregexne(name,text) 1252
  nextval(regclass) 1574  normalize(text,text) 4350  notlike(bytea,bytea) 2008  notlike(name,text) 1572
  notlike(text,text) 1570  now() 1299  num_nonnulls(any) 440  num_nulls(any) 438  numeric_abs(numeric) 1704
  numeric_add(numeric,numeric) 1724  numeric_div(numeric,numeric) 1727  numeric_div_trunc(numeric,numeric) 1980
  numeric_eq(numeric,numeric) 1718  numeric_exp(numeric) 1733  numeric_ge(numeric,numeric) 1721
  numeric_gt(numeric,numeric) 1720  numeric_inc(numeric) 1764  numeric_le(numeric,numeric) 1723
  numeric_ln(numeric) 1735  numeric_log(numeric,numeric) 1737  numeric_lt(numeric,numeric) 1722
  numeric_mod(numeric,numeric) 1729  numeric_mul(numeric,numeric) 1726  numeric_ne(numeric,numeric) 1719
  numeric_power(numeric,numeric) 1739  numeric_sqrt(numeric) 1731  numeric_sub(numeric,numeric) 1725
  numeric_uminus(numeric) 1771  numeric_uplus(numeric) 1915  nummultirange() 4283  nummultirange(numrange) 4284
  nummultirange(numrange,numrange) 4285  numrange(numeric,numeric) 3844  numrange(numeric,numeric,text) 3845
  obj_description(oid) 1348  obj_description(oid,name) 1215  octet_length(bit) 1682  octet_length(bpchar) 1375
  octet_length(bytea) 720  octet_length(text) 1374  oideq(oid,oid) 184  oidge(oid,oid) 1639  oidgt(oid,oid) 1638
  oidle(oid,oid) 717  oidlt(oid,oid) 716  oidne(oid,oid) 185  overlaps(time,interval,time,interval) 1309
  overlaps(time,interval,time,time) 1311  overlaps(time,time,time,interval) 1310  overlaps(time,time,time,time) 1308
  overlaps(timestamp,interval,timestamp,interval) 2042  overlaps(timestamp,interval,timestamp,timestamp) 2044
  overlaps(timestamp,timestamp,timestamp,interval) 2043  overlaps(timestamp,timestamp,timestamp,timestamp) 2041
  overlaps(timestamptz,interval,timestamptz,interval) 1305
  overlaps(timestamptz,interval,timestamptz,timestamptz) 1307
  overlaps(timestamptz,timestamptz,timestamptz,interval) 1306
  overlaps(timestamptz,timestamptz,timestamptz,timestamptz) 1304  overlay(bit,bit,int4) 3031
  overlay(bit,bit,int4,int4) 3030  overlay(bytea,bytea,int4) 752  overlay(bytea,bytea,int4,int4) 749
  overlay(text,text,int4) 1405  overlay(text,text,int4,int4) 1404  parse_ident(text,bool) 1268  percent_rank(any) 3988
  percentile_cont(float8,float8) 3974  percentile_cont(float8,interval) 3976  percentile_cont(float8[],float8) 3980
  percentile_cont(float8[],interval) 3982  percentile_disc(float8,anyelement) 3972
  percentile_disc(float8[],anyelement) 3978  pg_backend_pid() 2026  pg_char_to_encoding(name) 1264
  pg_client_encoding() 810  pg_collation_for(any) 3162  pg_collation_is_visible(oid) 3815
  pg_conversion_is_visible(oid) 2093  pg_database_size(name) 2168  pg_database_size(oid) 2324
  pg_encoding_max_length(int4) 2319  pg_encoding_to_char(int4) 1597  pg_function_is_visible(oid) 2081
  pg_get_constraintdef(oid) 1387  pg_get_constraintdef(oid,bool) 2508  pg_get_expr(text,oid) 1716
  pg_get_expr(text,oid,bool) 2509  pg_get_function_arg_default(oid,int4) 3808  pg_get_function_arguments(oid) 2162
  pg_get_function_identity_arguments(oid) 2232  pg_get_function_result(oid) 2165  pg_get_function_sqlbody(oid) 6197
  pg_get_functiondef(oid) 2098  pg_get_indexdef(oid) 1643  pg_get_indexdef(oid,int4,bool) 2507
  pg_get_partition_constraintdef(oid) 3408  pg_get_partkeydef(oid) 3352  pg_get_ruledef(oid) 1573
  pg_get_ruledef(oid,bool) 2504  pg_get_serial_sequence(text,text) 1665  pg_get_statisticsobjdef(oid) 3415
  pg_get_statisticsobjdef_columns(oid) 6174  pg_get_triggerdef(oid) 1662  pg_get_triggerdef(oid,bool) 2730
  pg_get_userbyid(oid) 1642  pg_get_viewdef(oid) 1641  pg_get_viewdef(oid,bool) 2506  pg_get_viewdef(oid,int4) 3159
  pg_get_viewdef(text) 1640  pg_get_viewdef(text,bool) 2505  pg_has_role(name,name,text) 2705
  pg_has_role(name,oid,text) 2706  pg_has_role(name,text) 2709  pg_has_role(oid,name,text) 2707
  pg_has_role(oid,oid,text) 2708  pg_has_role(oid,text) 2710  pg_indexes_size(regclass) 2998  pg_is_in_recovery() 3810
  pg_is_other_temp_schema(oid) 2855  pg_jit_available() 315  pg_my_temp_schema() 2854  pg_opclass_is_visible(oid) 2083
  pg_operator_is_visible(oid) 2082  pg_opfamily_is_visible(oid) 3829  pg_relation_is_publishable(regclass) 6121
  pg_relation_size(regclass) 2325  pg_relation_size(regclass,text) 2332  pg_sequence_last_value(regclass) 4032
  pg_size_bytes(text) 3334  pg_size_pretty(int8) 2288  pg_size_pretty(numeric) 3166
  pg_statistics_obj_is_visible(oid) 3403  pg_table_is_visible(oid) 2079  pg_table_size(regclass) 2997
  pg_tablespace_location(oid) 3778  pg_tablespace_size(name) 2323  pg_tablespace_size(oid) 2322
  pg_total_relation_size(regclass) 2286  pg_trigger_depth() 3163  pg_ts_config_is_visible(oid) 3758
  pg_ts_dict_is_visible(oid) 3757  pg_ts_parser_is_visible(oid) 3756  pg_ts_template_is_visible(oid) 3768
  pg_type_is_visible(oid) 2080  pg_typeof(any) 1619  pi() 1610  position(bit,bit) 1698  position(bytea,bytea) 2014
  position(text,text) 849  pow(float8,float8) 1346  pow(numeric,numeric) 1738  power(float8,float8) 1368
  power(numeric,numeric) 2169  quote_ident(text) 1282  quote_literal(anyelement) 1285  quote_literal(text) 1283
  quote_nullable(anyelement) 1290  quote_nullable(text) 1289  radians(float8) 1609  random() 1598
  range_adjacent(anyrange,anyrange) 3862  range_adjacent_multirange(anyrange,anymultirange) 4255
  range_after(anyrange,anyrange) 3864  range_after_multirange(anyrange,anymultirange) 4261
  range_before(anyrange,anyrange) 3863  range_before_multirange(anyrange,anymultirange) 4258
  range_contained_by(anyrange,anyrange) 3861  range_contained_by_multirange(anyrange,anymultirange) 4253
  range_contains(anyrange,anyrange) 3859  range_contains_elem(anyrange,anyelement) 3858
  range_contains_multirange(anyrange,anymultirange) 4541  range_eq(anyrange,anyrange) 3855
  range_ge(anyrange,anyrange) 3873  range_gt(anyrange,anyrange) 3874  range_intersect(anyrange,anyrange) 3868
  range_le(anyrange,anyrange) 3872  range_lt(anyrange,anyrange) 3871  range_merge(anymultirange) 4228
  range_merge(anyrange,anyrange) 4057  range_minus(anyrange,anyrange) 3869  range_ne(anyrange,anyrange) 3856
  range_overlaps(anyrange,anyrange) 3857  range_overlaps_multirange(anyrange,anymultirange) 4246
  range_overleft(anyrange,anyrange) 3865  range_overleft_multirange(anyrange,anymultirange) 4264
  range_overright(anyrange,anyrange) 3866  range_overright_multirange(anyrange,anymultirange) 4267
  range_union(anyrange,anyrange) 3867  rank(any) 3986  record_eq(record,record) 2981  record_ge(record,record) 2986
  record_gt(record,record) 2984  record_le(record,record) 2985  record_lt(record,record) 2983
  record_ne(record,record) 2982  regexp_count(text,text) 6254  regexp_count(text,text,int4) 6255
  regexp_count(text,text,int4,text) 6256  regexp_instr(text,text) 6257  regexp_instr(text,text,int4) 6258
  regexp_instr(text,text,int4,int4) 6259  regexp_instr(text,text,int4,int4,int4) 6260
  regexp_instr(text,text,int4,int4,int4,text) 6261  regexp_instr(text,text,int4,int4,int4,text,int4) 6262
  regexp_like(text,text) 6263  regexp_like(text,text,text) 6264  regexp_match(text,text) 3396
  regexp_match(text,text,text) 3397  regexp_matches(text,text) 2763  regexp_matches(text,text,text) 2764
  regexp_replace(text,text,text) 2284  regexp_replace(text,text,text,int4) 6253
  regexp_replace(text,text,text,int4,int4) 6252  regexp_replace(text,text,text,int4,int4,text) 6251
  regexp_replace(text,text,text,text) 2285  regexp_split_to_array(text,text) 2767
  regexp_split_to_array(text,text,text) 2768  regexp_split_to_table(text,text) 2765
  regexp_split_to_table(text,text,text) 2766  regexp_substr(text,text) 6265  regexp_substr(text,text,int4) 6266
  regexp_substr(text,text,int4,int4) 6267  regexp_substr(text,text,int4,int4,text) 6268
  regexp_substr(text,text,int4,int4,text,int4) 6269  regr_avgx(float8,float8) 2822  regr_avgy(float8,float8) 2823
  regr_count(float8,float8) 2818  regr_intercept(float8,float8) 2826  regr_r2(float8,float8) 2824
  regr_slope(float8,float8) 2825  regr_sxx(float8,float8) 2819  regr_sxy(float8,float8) 2821
  regr_syy(float8,float8) 2820  repeat(text,int4) 1622  replace(text,text,text) 2087  reverse(text) 3062
  right(text,int4) 3061  round(float8) 1342  round(numeric) 1708  round(numeric,int4) 1707  row_to_json(record) 3155
  rpad(text,int4) 880  rpad(text,int4,text) 874  rtrim(bytea,bytea) 6196  rtrim(text) 882  rtrim(text,text) 876
  scale(numeric) 3281  session_user() 746  set_bit(bit,int4,int4) 3033  set_bit(bytea,int8,int4) 724
  set_byte(bytea,int4,int4) 722  setval(regclass,int8) 1576  setval(regclass,int8,bool) 1765  sha224(bytea) 3419
  sha256(bytea) 3420  sha384(bytea) 3421  sha512(bytea) 3422  shobj_description(oid,name) 1993  sign(float8) 2310
  sign(numeric) 1706  similar_escape(text,text) 1623  similar_to_escape(text) 1987  similar_to_escape(text,text) 1986
  sin(float8) 1604  sind(float8) 2735  sinh(float8) 2462  split_part(text,text,int4) 2088  sqrt(float8) 1344
  sqrt(numeric) 1730  starts_with(text,text) 3696  statement_timestamp() 2648  stddev(float4) 2157
  stddev(float8) 2158  stddev(int2) 2156  stddev(int4) 2155  stddev(int8) 2154  stddev(numeric) 2159
  stddev_pop(float4) 2727  stddev_pop(float8) 2728  stddev_pop(int2) 2726  stddev_pop(int4) 2725
  stddev_pop(int8) 2724  stddev_pop(numeric) 2729  stddev_samp(float4) 2715  stddev_samp(float8) 2716
  stddev_samp(int2) 2714  stddev_samp(int4) 2713  stddev_samp(int8) 2712  stddev_samp(numeric) 2717
  string_agg(bytea,bytea) 3545  string_agg(text,text) 3538  string_to_array(text,text) 394
  string_to_array(text,text,text) 376  string_to_table(text,text) 6160  strpos(text,text) 868  substr(bytea,int4) 2086
  substr(bytea,int4,int4) 2085  substr(text,int4) 883  substr(text,int4,int4) 877  substring(bit,int4) 1699
  substring(bit,int4,int4) 1680  substring(bytea,int4) 2013  substring(bytea,int4,int4) 2012  substring(text,int4) 937
  substring(text,int4,int4) 936  substring(text,text) 2073  substring(text,text,text) 2074  sum(float4) 2110
  sum(float8) 2111  sum(int2) 2109  sum(int4) 2108  sum(int8) 2107  sum(interval) 2113  sum(numeric) 2114
  tan(float8) 1606  tand(float8) 2737  tanh(float8) 2464  text(bpchar) 401  text(name) 406  text_ge(text,text) 743
  text_gt(text,text) 742  text_le(text,text) 741  text_lt(text,text) 740  text_pattern_ge(text,text) 2163
  text_pattern_gt(text,text) 2164  text_pattern_le(text,text) 2161  text_pattern_lt(text,text) 2160
  textanycat(text,anynonarray) 2003  textcat(text,text) 1258  texteq(text,text) 67  texticlike(text,text) 1633
  texticnlike(text,text) 1634  texticregexeq(text,text) 1238  texticregexne(text,text) 1239  textlen(text) 1257
  textlike(text,text) 850  textne(text,text) 157  textnlike(text,text) 851  textregexeq(text,text) 1254
  textregexne(text,text) 1256  time_eq(time,time) 1145  time_ge(time,time) 1105  time_gt(time,time) 1104
  time_le(time,time) 1103  time_lt(time,time) 1102  time_mi_interval(time,interval) 1748  time_mi_time(time,time) 1690
  time_ne(time,time) 1106  time_pl_interval(time,interval) 1747  timedate_pl(time,date) 1296
  timestamp(date,time) 2025  timestamp_eq(timestamp,timestamp) 2052  timestamp_ge(timestamp,timestamp) 2056
  timestamp_gt(timestamp,timestamp) 2057  timestamp_le(timestamp,timestamp) 2055
  timestamp_lt(timestamp,timestamp) 2054  timestamp_mi(timestamp,timestamp) 2031
  timestamp_mi_interval(timestamp,interval) 2033  timestamp_ne(timestamp,timestamp) 2053
  timestamp_pl_interval(timestamp,interval) 2032  timestamptz(date,time) 1176
  timestamptz_eq(timestamptz,timestamptz) 1152  timestamptz_ge(timestamptz,timestamptz) 1156
  timestamptz_gt(timestamptz,timestamptz) 1157  timestamptz_le(timestamptz,timestamptz) 1155
  timestamptz_lt(timestamptz,timestamptz) 1154  timestamptz_mi(timestamptz,timestamptz) 1188
  timestamptz_mi_interval(timestamptz,interval) 1190  timestamptz_ne(timestamptz,timestamptz) 1153
  timestamptz_pl_interval(timestamptz,interval) 1189  timezone(interval,timestamp) 2070
  timezone(interval,timestamptz) 1026  timezone(text,timestamp) 2069  timezone(text,timestamptz) 1159
  to_char(float4,text) 1775  to_char(float8,text) 1776  to_char(int4,text) 1773  to_char(int8,text) 1774
  to_char(interval,text) 1768  to_char(numeric,text) 1772  to_char(timestamp,text) 2049
  to_char(timestamptz,text) 1770  to_date(text,text) 1780  to_hex(int4) 2089  to_hex(int8) 2090
  to_json(anyelement) 3176  to_jsonb(anyelement) 3787  to_number(text,text) 1777  to_regclass(text) 3495
  to_regnamespace(text) 4086  to_regproc(text) 3494  to_regtype(text) 3493  to_timestamp(float8) 1158
  to_timestamp(text,text) 1778  transaction_timestamp() 2647  translate(text,text,text) 878
  trim_array(anyarray,int4) 6172  trim_scale(numeric) 5043  trunc(float8) 1343  trunc(numeric) 1710
  trunc(numeric,int4) 1709  tsmultirange() 4286  tsmultirange(tsrange) 4287  tsmultirange(tsrange,tsrange) 4288
  tsrange(timestamp,timestamp) 3933  tsrange(timestamp,timestamp,text) 3934  tstzmultirange() 4289
  tstzmultirange(tstzrange) 4290  tstzmultirange(tstzrange,tstzrange) 4291  tstzrange(timestamptz,timestamptz) 3937
  tstzrange(timestamptz,timestamptz,text) 3938  txid_current() 2943  unistr(text) 6198  unnest(anyarray) 2331
  unnest(anymultirange) 1293  upper(anymultirange) 4236  upper(anyrange) 3849  upper(text) 871
  upper_inc(anymultirange) 4239  upper_inc(anyrange) 3852  upper_inf(anymultirange) 4241  upper_inf(anyrange) 3854
  uuid_eq(uuid,uuid) 2956  uuid_ge(uuid,uuid) 2957  uuid_gt(uuid,uuid) 2958  uuid_le(uuid,uuid) 2955
  uuid_lt(uuid,uuid) 2954  uuid_ne(uuid,uuid) 2959  var_pop(float4) 2721  var_pop(float8) 2722  var_pop(int2) 2720
  var_pop(int4) 2719  var_pop(int8) 2718  var_pop(numeric) 2723  var_samp(float4) 2644  var_samp(float8) 2645
  var_samp(int2) 2643  var_samp(int4) 2642  var_samp(int8) 2641  var_samp(numeric) 2646  varbiteq(varbit,varbit) 1666
  varbitge(varbit,varbit) 1668  varbitgt(varbit,varbit) 1669  varbitle(varbit,varbit) 1670
  varbitlt(varbit,varbit) 1671  varbitne(varbit,varbit) 1667  variance(float4) 2151  variance(float8) 2152
  variance(int2) 2150  variance(int4) 2149  variance(int8) 2148  variance(numeric) 2153  version() 89
  width_bucket(anycompatible,anycompatiblearray) 3218  width_bucket(float8,float8,float8,int4) 320
  width_bucket(numeric,numeric,numeric,int4) 2170
`

export const PG_PROC_OIDS: Readonly<Record<string, number>> = Object.fromEntries(
  [...PAIRS.matchAll(/(\S+) (\d+)/g)].map(([, id, oid]) => [id, Number(oid)]),
)
