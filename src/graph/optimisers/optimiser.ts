// What an optimiser is: a pure rule from (parameters, gradient, state) to the next of each, on flat vectors, plus the
// few scalars that change from step to step and are computed outside the graph.
import type { GraphWriter } from '../operator.ts';
import type { Value } from '../types.ts';

export interface UpdateInputs {
  /** All parameters as one vector [P]. */
  readonly parameters: Value;
  /** dL/dparameters [P]. */
  readonly gradient: Value;
  /** 1 where weight decay applies, 0 elsewhere [P]. */
  readonly decayMask: Value;
  /** One vector [P] for each of the optimiser's stateNames. */
  readonly states: readonly Value[];
  /** A scalar input of the step graph, by name. */
  readonly scalar: (name: string) => Value;
}

export interface UpdateOutputs {
  readonly parameters: Value;
  readonly states: readonly Value[];
}

export interface Optimiser {
  readonly name: string;
  /** Vectors that it keeps between steps; they start at zero. */
  readonly stateNames: readonly string[];
  /** Values of its scalar inputs for step 1, 2, … at a learning rate. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  update(b: GraphWriter, inputs: UpdateInputs): UpdateOutputs;
}
