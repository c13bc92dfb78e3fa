import { problems } from './problem.ts';
import type { ProblemStatus } from './problem-kinds.ts';

/** What every route under `/v1` may answer besides, whatever it is for. */
const always = [400, 401, 403, 429, 500, 503] as const;
const onPost = [...always, 409, 413, 415, 422] as const;
const onPatch = [...always, 413, 415] as const;
const onDelete = [...always, 413] as const;

type Of<T extends readonly ProblemStatus[]> = T[number];

/** Responses of a route under `/v1` by its method: those that stand before every such route, and its `own`. */
export const refusals = {
  get<S extends ProblemStatus = never>(...own: S[]) {
    return problems<Of<typeof always> | S>(...always, ...own);
  },
  post<S extends ProblemStatus = never>(...own: S[]) {
    return problems<Of<typeof onPost> | S>(...onPost, ...own);
  },
  patch<S extends ProblemStatus = never>(...own: S[]) {
    return problems<Of<typeof onPatch> | S>(...onPatch, ...own);
  },
  delete<S extends ProblemStatus = never>(...own: S[]) {
    return problems<Of<typeof onDelete> | S>(...onDelete, ...own);
  },
};
