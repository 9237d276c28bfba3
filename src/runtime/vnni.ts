// Whether this CPU multiplies 8-bit numbers and adds the products in 32 bits (VNNI: AVX-512 or AVX).
import { readFileSync } from 'node:fs';

/** Whether /proc/cpuinfo lists the instructions. */
export function listsVnni(cpuinfo: string): boolean {
  return /^flags\s*:.*\bavx(512)?_vnni\b/m.test(cpuinfo);
}

/** False too where it cannot be told: not on Linux. */
export function hasVnni(): boolean {
  try {
    return listsVnni(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}
