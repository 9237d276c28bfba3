// The Open Inference Protocol V2 (REST): what its clients send and get.
import { z } from 'zod';

const parameters = z.record(z.string(), z.unknown());
const shape = z.array(z.int().min(0)).min(1).max(8);

/** A red PNG of one pixel, in base64: small enough for a document. */
const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

export const inferRequestSchema = z
  .object({
    id: z.string().max(200).optional(),
    parameters: parameters.optional(),
    inputs: z
      .array(
        z.object({
          name: z.string(),
          shape,
          datatype: z.string(),
          parameters: parameters.optional(),
          // Numbers by the hundred thousand: their own loop checks them, in a tenth of the time.
          data: z.array(z.unknown()),
        }),
      )
      .min(1),
    // The model has three; each one asked for is sent, however often it is.
    outputs: z
      .array(z.object({ name: z.string(), parameters: parameters.optional() }))
      .max(16)
      .optional(),
  })
  .meta({
    id: 'InferRequest',
    examples: [{ inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [onePixel] }] }],
  });
export type InferRequest = z.output<typeof inferRequestSchema>;

const tensorSchema = z.object({
  name: z.string(),
  shape,
  datatype: z.string(),
  data: z.array(z.union([z.number(), z.string()])),
});
export const inferResponseSchema = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(tensorSchema),
  })
  .meta({ id: 'InferResponse' });
export type InferResponse = z.infer<typeof inferResponseSchema>;

const tensorMetadata = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });
export const modelMetadataAnswerSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
  })
  .meta({ id: 'ModelMetadata' });
export const serverMetadataSchema = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: 'ServerMetadata' });
export const serverLiveSchema = z.object({ live: z.boolean() });
export const serverReadySchema = z.object({ ready: z.boolean() });
export const modelReadySchema = z.object({ name: z.string(), ready: z.boolean() });
export const modelParamsSchema = z.object({ model: z.string() });
export const versionParamsSchema = z.object({ model: z.string(), version: z.string() });
