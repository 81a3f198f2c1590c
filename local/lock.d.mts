/** Runs `work` while no other process of this machine runs under the same lock file. */
export declare function withLock<Result>(file: string, work: () => Promise<Result> | Result, onWait?: () => void): Promise<Result>;
/** Takes a lock if it is free; gives the function that frees it, or null if another process that runs has it. */
export declare function tryLock(file: string): (() => void) | null;
