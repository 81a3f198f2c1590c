import { filesConformance } from './files.ts';
import { multipartConformance } from './multipart.ts';
import type { Subject } from './subject.ts';

/** What every media store promises. `subject` is asked when a test runs. */
export function mediaConformance(subject: () => Subject): void {
  filesConformance(subject);
  multipartConformance(subject);
}
