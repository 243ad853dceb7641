import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { MemoryPolicyStore } from './memory-policy-store.ts'
import { makeChange, policyStoreContract, type PolicyStoreUnderTest } from './policy-store.contract.ts'
import { SqlitePolicyStore } from './sqlite-policy-store.ts'

function openMemory(): Promise<PolicyStoreUnderTest> {
  const store = new MemoryPolicyStore()
  return Promise.resolve({ store, reopen: () => Promise.resolve(store), close: () => store.close() })
}

policyStoreContract('memory', { open: openMemory, durable: false })

async function openSqlite(): Promise<PolicyStoreUnderTest & { readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-policy-'))
  const file = path.join(folder, 'fulqrun.sqlite')
  let store = await SqlitePolicyStore.open(file)
  return {
    file,
    store,
    async reopen() {
      await store.close()
      return (store = await SqlitePolicyStore.open(file))
    },
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

policyStoreContract('SQLite', { open: openSqlite, durable: true })

test('[STO-9] the database itself refuses to change, replace or remove a change of rules', async () => {
  const subject = await openSqlite()
  await subject.store.append(makeChange(1))
  await subject.store.append(makeChange(2))
  const database = new DatabaseSync(subject.file)
  for (const statement of [
    "update policy_changes set reason = 'none'",
    'delete from policy_changes',
    "insert or replace into policy_changes select organization_id, version, 'ben', author_name, at, reason, detail, settings from policy_changes",
    'insert or replace into policy_changes select organization_id, 7, author_id, author_name, at, reason, detail, settings from policy_changes',
  ])
    expect(() => database.exec(statement)).toThrow(/append-only|does not follow/)
  database.close()
  expect(await subject.store.history('meridian', { limit: 10 })).toHaveLength(2)
  await subject.close()
})
