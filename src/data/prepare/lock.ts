// One `data prepare` at a time for one target. SQLite's file lock is the one portable lock that Node has and that the
// operating system lets go of when its holder is killed.
import { DatabaseSync } from 'node:sqlite';
import { PawprintError } from '../../core/index.ts';

const busy = 5;

/** Takes the lock file at `path` or throws ALREADY_EXISTS. Call the result to let go. */
export function takeLock(path: string, target: string): () => void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    // File systems without locks (some network mounts) answer with other errors; there nothing can be held.
    if ((error as { errcode?: number }).errcode === busy) {
      database.close();
      throw new PawprintError('ALREADY_EXISTS', {
        message: `another "pawprint data prepare" is at work on ${target}`,
        hint: 'Wait for it to end, or stop it first.',
        cause: error,
      });
    }
  }
  return () => database.close();
}
