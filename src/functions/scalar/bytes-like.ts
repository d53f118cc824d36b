import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { likeEscape, likeMatcher } from './like.ts'

/** LIKE over bytes: each is a character of its own, `_` stands for one of them. */
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const like = (bytes: Uint8Array, pattern: Uint8Array): boolean => likeMatcher(latin(pattern), '\\', false)(latin(bytes))
const unlike = (bytes: Uint8Array, pattern: Uint8Array): boolean => !like(bytes, pattern)
const fallible = { fallible: true }

export const bytesLikeFunctions: readonly ScalarFunction[] = [
  def('bytealike(bytea,bytea) bool', like, { op: '~~', ...fallible, example: ["'abc'::bytea ~~ 'a%'::bytea", 't'] }),
  def('byteanlike(bytea,bytea) bool', unlike, {
    op: '!~~',
    ...fallible,
    example: ["'\\xc3a4'::bytea !~~ '_'::bytea", 't'],
  }),
  def('like(bytea,bytea) bool', like, { ...fallible, example: ["like('abc'::bytea, '_b_'::bytea)", 't'] }),
  def('notlike(bytea,bytea) bool', unlike, { ...fallible, example: ["notlike('abc'::bytea, '_b_'::bytea)", 'f'] }),
  def(
    'like_escape(bytea,bytea) bytea',
    (pattern: Uint8Array, escaping: Uint8Array) =>
      Uint8Array.from(Buffer.from(likeEscape(latin(pattern), latin(escaping)), 'latin1')),
    { ...fallible, example: ["like_escape('a!%'::bytea, '!'::bytea)", '\\x615c25'] },
  ),
]
