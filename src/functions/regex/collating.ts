/** The character that POSIX names so, as in `[[.hyphen.]]`; null where no character has the name. */
export function namedCharacter(name: string): string | null {
  return NAMES.get(name) ?? null
}

/** By character, in the order of ASCII; several names are parted by a slash. */
const PRINTED = `space exclamation-mark quotation-mark number-sign dollar-sign percent-sign ampersand apostrophe left-parenthesis
  right-parenthesis asterisk plus-sign comma hyphen/hyphen-minus period/full-stop slash/solidus zero one two three four five six
  seven eight nine colon semicolon less-than-sign equals-sign greater-than-sign question-mark commercial-at`
const BRACKETS =
  'left-square-bracket backslash/reverse-solidus right-square-bracket circumflex/circumflex-accent underscore/low-line grave-accent'
const BRACES = 'left-brace/left-curly-bracket vertical-line right-brace/right-curly-bracket tilde DEL'
const CONTROLS = 'alert backspace/BS tab/HT newline/LF vertical-tab/VT form-feed/FF carriage-return/CR'

const NAMES = new Map<string, string>()
for (const [first, list] of [
  [0x20, PRINTED],
  [0x5b, BRACKETS],
  [0x7b, BRACES],
  [0x07, CONTROLS],
] as const) {
  for (const [i, names] of list.split(/\s+/).entries()) {
    for (const name of names.split('/')) NAMES.set(name, String.fromCharCode(first + i))
  }
}
