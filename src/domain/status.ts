/** The statuses that the inbox documents; accounts can have any others of their own. */
export const documentedStatuses = [
  'OPEN',
  'INPROGRESS',
  'ONHOLD',
  'REVIEW',
  'DEPENDANCY',
  'CLOSED',
] as const;
