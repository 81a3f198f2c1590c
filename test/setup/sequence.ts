import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that look at what all others have left behind. */
const LAST = /\/e2e\/secrets\.test\.ts$/u;

/** Vitest's own order, with those files at the end. */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own method, not an array's
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(LAST.test(a.moduleId)) - Number(LAST.test(b.moduleId)));
  }
}
