// The flags that the api-key commands share.
import { z } from 'zod';

export const keyFileFlag = z.string().min(1).default('keys.json').describe('key file; it holds hashes, never keys');
export const keyNameFlag = z.string().describe('whose key it is: stands in logs, and is what revoke takes');
