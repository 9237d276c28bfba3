// What every route says of itself: who may call it, what it takes and gives. The OpenAPI document, the checks of a request and
// the access control are made from the same words.
import type { z } from 'zod';

/** `open`: anyone; `predict`: a key where keys are configured; `admin`: always a key of an administrator. */
export type Scope = 'open' | 'predict' | 'admin';

export interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Where it is not JSON. */
  readonly contentType?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: Scope;
    /** Whether a refusal means that a picture got no prediction; batches count each of theirs. */
    countsFailures?: boolean;
  }
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
    /** Pictures in the body: the document describes them, the route reads them. */
    pictures?: 'one' | 'many';
    /** Of the answers that are no problems. */
    answers?: Readonly<Record<number, RouteAnswer>>;
    /** Error statuses that the route has beside those that all have. */
    problems?: readonly number[];
  }
}
