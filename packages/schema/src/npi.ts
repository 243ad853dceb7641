/** Check digit by Luhn's algorithm: doubling every second digit from the right, the sum is a multiple of ten. */
export function isLuhnValid(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false
  let sum = 0
  for (let position = 0; position < digits.length; position++) {
    const digit = Number(digits[digits.length - 1 - position])
    const weighted = position % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** The prefix that makes an NPI a card-issuer number, over which its check digit is taken. */
const npiPrefix = '80840'

/** A National Provider Identifier: ten digits, the first 1 or 2, the last a Luhn check digit (DOMAIN 5.4). */
export function isNpi(value: string): boolean {
  return /^[12]\d{9}$/.test(value) && isLuhnValid(npiPrefix + value)
}
