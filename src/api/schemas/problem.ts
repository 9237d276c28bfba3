// Every refusal: RFC 9457 problem details, with a code of the error table.
import { z } from 'zod';
import { errorTable } from '../../core/index.ts';

const codes = Object.keys(errorTable) as [keyof typeof errorTable, ...(keyof typeof errorTable)[]];

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(codes),
    detail: z.string().optional(),
    expected: z.string().optional(),
    received: z.string().optional(),
    hint: z.string().optional(),
    /** What the Open Inference Protocol calls the detail; on its addresses alone. */
    error: z.string().optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'What went wrong, what was expected, what came, and what to do next.' });

export type Problem = z.infer<typeof problemSchema>;
