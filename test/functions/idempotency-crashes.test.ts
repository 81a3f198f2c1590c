import { describe } from 'vitest';
import { onceSuite } from './support/once.ts';

describe('over the store in memory', () => onceSuite(() => undefined));
