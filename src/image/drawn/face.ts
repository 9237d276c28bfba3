// Where a face's features come to lie when the head turns: points on and before a ball of radius 1, seen from the front.
import type { Point } from './shapes.ts';

export interface HeadPose {
  /** Turn to the right of the picture, radians; 0: looks at the viewer. */
  readonly yaw: number;
  /** Nod downwards, radians. */
  readonly pitch: number;
}

/** Projects (x right, y down, z towards the viewer). */
export function project({ yaw, pitch }: HeadPose, x: number, y: number, z: number): Point {
  const turnedX = x * Math.cos(yaw) + z * Math.sin(yaw);
  const turnedZ = z * Math.cos(yaw) - x * Math.sin(yaw);
  return [turnedX, y * Math.cos(pitch) + turnedZ * Math.sin(pitch)];
}

/** How much narrower something lying on the ball at (x, z) looks. */
export function foreshortening({ yaw }: HeadPose, x: number, z: number): number {
  const angle = Math.atan2(x, z);
  return Math.max(0.25, Math.min(1.1, Math.cos(angle + yaw) / Math.cos(angle)));
}
