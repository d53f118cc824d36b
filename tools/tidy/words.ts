/** Words that the repository does without, each with what to write instead. */
export interface BannedWord {
  readonly pattern: RegExp
  readonly instead: string
}

export const BANNED_WORDS: readonly BannedWord[] = [
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/, instead: 'do it, or say in a comment what is and why' },
  // PostgreSQL itself says so of some features, with their name before it: those messages stay.
  { pattern: /['"`]not (?:yet )?implemented\b/i, instead: 'notSupported(feature), for what users can ask for' },
  { pattern: /\bz-sets?\b/, instead: 'Z-set' },
  { pattern: /\bmaterialised\b/i, instead: 'materialized' },
  { pattern: /\bwhitelist/i, instead: 'allowed list' },
  { pattern: /\bblacklist/i, instead: 'refused list' },
  { pattern: /\bsanity\b/i, instead: 'say what is checked' },
  { pattern: /\bobviously\b/i, instead: 'leave it out' },
  { pattern: /\bsub-?agents?\b|\bhelper (?:session|agent)s?\b|\bcoding agent/i, instead: 'nothing: the product alone' },
  {
    pattern: /\bAI[- ]generated\b|\bClaude\b|\bChatGPT\b|\bthe (?:brief|prompt) says\b/i,
    instead: 'nothing: the product alone',
  },
  { pattern: /(?<![\w.])\/(?:home|Users|work)\/\w/, instead: 'a relative path' },
  { pattern: /\bissue #?\d+\b/i, instead: 'the reason itself' },
]

/** `line: word: what instead` for each banned word of a text. */
export function bannedWordsOf(text: string): string[] {
  return text.split('\n').flatMap((line, i) =>
    BANNED_WORDS.flatMap(({ pattern, instead }) => {
      const match = pattern.exec(line)
      return match ? [`${i + 1}: "${match[0]}" (instead: ${instead})`] : []
    }),
  )
}

/** Clock, randomness and timers are handed in (base/runtime.ts), so that the server runs under a simulation. */
const AMBIENT =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\b(?:setTimeout|setInterval|setImmediate)\(|\bperformance\.now\(/

export function ambientUsesOf(text: string): string[] {
  return text.split('\n').flatMap((line, i) => {
    const code = line.replace(/^\s*(?:\/\/|\/?\*).*/, '').replace(/\s\/\/\s.*$/, '')
    const match = AMBIENT.exec(code)
    return match ? [`${i + 1}: ${match[0]}…)`] : []
  })
}
