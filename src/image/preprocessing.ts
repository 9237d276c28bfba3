// The one preprocessing: settings are data that travel inside the model file, so that training, evaluation, service
// and browser turn a photo into the same numbers.
import { z } from 'zod';

export const preprocessingSchema = z.strictObject({
  /** Side of the square model input, pixels. */
  imageSizePx: z.int().min(8).max(1024),
  /** `stretch`: ignore the aspect ratio; `crop`: scale the shorter side, cut the centre; `pad`: scale the longer side, fill with grey 128. */
  fit: z.enum(['stretch', 'crop', 'pad']),
  /** Antialiased separable resampling: `bilinear` is a triangle, `box` an area mean, as Pillow names them. */
  filter: z.enum(['bilinear', 'box']),
  /** Per-channel (R, G, B) mean and standard deviation on the 0–255 scale: tensor = (pixel − mean) / std. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});

/** Settings that turn pixels into the model's input [N, 3, imageSizePx, imageSizePx], RGB, float32. */
export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;
