import { isRole, type Person } from '@fulqrun/protocol'
import type { AccountDatabase } from './account-database.ts'

/** Everybody in an organization, by name; blocked people too, since their names stand beside what they wrote. */
export async function readPeople(db: AccountDatabase, organizationId: string): Promise<Person[]> {
  const people = await db
    .selectFrom('member')
    .innerJoin('user', 'user.id', 'member.userId')
    .select(['user.id', 'user.name', 'user.email', 'member.role'])
    .where('member.organizationId', '=', organizationId)
    .orderBy('user.name')
    .orderBy('user.id')
    .execute()
  const assignments = await db
    .selectFrom('teamMember')
    .innerJoin('team', 'team.id', 'teamMember.teamId')
    .select(['teamMember.userId', 'team.id as territoryId'])
    .where('team.organizationId', '=', organizationId)
    .orderBy('team.id')
    .execute()
  return people.flatMap(({ id, name, email, role }) => {
    if (!isRole(role)) return []
    const territoryIds = assignments.filter((one) => one.userId === id).map((one) => one.territoryId)
    return [{ id, name, email, role, territoryIds }]
  })
}
