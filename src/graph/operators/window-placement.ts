// Puts what windows gave back to where they looked: the attributes of the transposed convolution whose result has
// exactly the size that the windows slid over.
import { type Window, windowAttributes } from '../shapes.ts';
import { type Attributes, ints } from '../types.ts';

/**
 * Attributes for ConvTranspose from `output` windows back to `size` pixels. Windows that hang over the end are cut off;
 * pixels at the end that no window reached become zero.
 */
export function placement(window: Window, size: readonly number[], output: readonly number[]): Attributes {
  const { kernel, strides, dilations, pads } = window;
  const over = size.map((pixels, i) => {
    const reach = ((output[i] ?? 1) - 1) * (strides[i] ?? 1) + ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
    return reach - (pads[i] ?? 0) - pixels;
  });
  return {
    ...windowAttributes({
      ...window,
      pads: [...size.map((_, i) => pads[i] ?? 0), ...over.map((pixels) => Math.max(0, pixels))],
    }),
    output_padding: ints(...over.map((pixels) => Math.max(0, -pixels))),
  };
}
