import { createECDH } from 'node:crypto'
import webPush from 'web-push'
import { expect, test } from 'vitest'
import { decryptPush, signerOf } from './web-push-message.ts'

/** The stand-in of browsers and push services is itself right: by the examples of the standard. */

test('the push that RFC 8291 shows is read, and a push with one bit changed is not', () => {
  const keys = createECDH('prime256v1')
  keys.setPrivateKey('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url')
  const receiver = { keys, auth: Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url') }
  const body = Buffer.from(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    'base64url',
  )
  expect(decryptPush(body, receiver)).toBe('When I grow up, I want to be a watermelon')
  body[100] = (body[100] ?? 0) ^ 1
  expect(() => decryptPush(body, receiver)).toThrow(/unable to authenticate data/)
})

test('a signature counts for one push service, for a day at most, and only by its own key', () => {
  const keys = webPush.generateVAPIDKeys()
  const other = webPush.generateVAPIDKeys()
  const now = Math.floor(Date.now() / 1000)
  const day = 24 * 3600
  const sign = (audience: string, until: number, { publicKey, privateKey } = keys) =>
    webPush.getVapidHeaders(
      audience,
      'mailto:it@example.com',
      publicKey,
      privateKey,
      webPush.supportedContentEncodings.AES_128_GCM,
      until,
    ).Authorization
  const here = 'https://push.example'
  const signature = sign(here, now + day / 2)
  expect(signerOf(signature, here, now)).toBe(keys.publicKey)
  expect(signerOf(signature, 'https://elsewhere.example', now)).toBeUndefined()
  expect(signerOf(signature, here, now + day)).toBeUndefined()
  expect(signerOf(signature, here, now - day)).toBeUndefined()
  const borrowed = signature.replace(keys.publicKey, other.publicKey)
  expect(signerOf(borrowed, here, now)).toBeUndefined()
  expect(signerOf('', here, now)).toBeUndefined()
})
