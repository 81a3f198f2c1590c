import { describe } from 'vitest';
import { memoryCipher } from '../../store/memory-cipher.ts';
import { cipherConformance } from './cipher.ts';

describe('the cipher in memory', () => {
  const cipher = memoryCipher();
  cipherConformance(
    () => cipher,
    () => memoryCipher(),
  );
});
