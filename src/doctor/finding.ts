/** What one check found. */
export interface Finding {
  /** What was looked at, such as `redis.version`. */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'problem';
  readonly what: string;
  /** Why it matters; null where all is well. */
  readonly why: string | null;
  /** What to do about it. */
  readonly remedy: string | null;
}

/** What is not as it should be. */
export interface Complaint {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export function fine(check: string, what: string): Finding {
  return { check, level: 'ok', what, why: null, remedy: null };
}

/** It works, but not as well or as safely as it could. */
export function warning(check: string, complaint: Complaint): Finding {
  return { check, level: 'warning', ...complaint };
}

/** The service does not work, or will lose what it holds. */
export function problem(check: string, complaint: Complaint): Finding {
  return { check, level: 'problem', ...complaint };
}
