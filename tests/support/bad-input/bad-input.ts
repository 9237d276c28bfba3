// What a bad input is to the test that sends them all.

/** What may come back. */
export type Expected =
  /** For this picture, what `pawprint predict` says of it: its answer, or its refusal. */
  | { readonly kind: 'as offline'; readonly picture: Buffer }
  /** A batch: the same for each of its pictures. */
  | { readonly kind: 'each as offline'; readonly pictures: readonly Buffer[] }
  /** One answer with one of these statuses. */
  | { readonly kind: 'status'; readonly statuses: readonly number[] }
  /** No HTTP: one refusal with one of these statuses, or a closed connection. */
  | { readonly kind: 'refused or closed'; readonly statuses: readonly number[] };

export interface BadInput {
  readonly name: string;
  /** What goes over the wire, piece by piece. */
  readonly pieces: readonly Buffer[];
  /** The client breaks off behind the last piece. */
  readonly halfClose?: boolean;
  readonly expected: Expected;
}

/** One answer with one of these statuses. */
export const statuses = (...all: readonly number[]): Expected => ({ kind: 'status', statuses: all });
