/** Runs `work` while no other process of this machine runs under the same lock file. */
export declare function withLock<Result>(file: string, work: () => Promise<Result> | Result, onWait?: () => void): Promise<Result>;
