/** SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side, without channel binding; and the older md5 method. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

export const SCRAM = 'SCRAM-SHA-256'
const ITERATIONS_MAX = 1_000_000

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** One exchange: `first`, then `answer` to the server's first message, then `verify` of its last. */
export class ScramExchange {
  readonly #password: string
  readonly #nonce: string
  #serverSignature: Buffer | null = null

  constructor(password: string, nonce: string = randomBytes(18).toString('base64')) {
    this.#password = password.normalize('NFKC')
    this.#nonce = nonce
  }

  /** PostgreSQL takes the user from the startup message, so that the name here stays empty. */
  get #bare(): string {
    return `n=,r=${this.#nonce}`
  }

  first(): string {
    return `n,,${this.#bare}`
  }

  answer(serverFirst: string): string {
    const fields = parseFields(serverFirst)
    const nonce = fields.get('r') ?? ''
    const iterations = Number(fields.get('i'))
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      throw new Error('the server changed the nonce')
    if (!(iterations > 0 && iterations <= ITERATIONS_MAX))
      throw new Error('the server asks for an unusual iteration count')
    const salt = Buffer.from(fields.get('s') ?? '', 'base64')
    const salted = pbkdf2Sync(this.#password, salt, iterations, 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    const final = `c=biws,r=${nonce}`
    const signed = `${this.#bare},${serverFirst},${final}`
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
    const proof = clientKey.map((byte, i) => byte ^ signature[i])
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), signed)
    return `${final},p=${Buffer.from(proof).toString('base64')}`
  }

  /** Throws unless the server knows the password too. */
  verify(serverFinal: string): void {
    const signature = Buffer.from(parseFields(serverFinal).get('v') ?? '', 'base64')
    const wanted = this.#serverSignature
    if (!wanted || signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      throw new Error('the server could not prove that it knows the password')
    }
  }
}

function parseFields(message: string): Map<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]))
}

export function md5Password(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash('md5').update(`${password}${user}`).digest('hex')
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`
}
