import { isTerminal } from '../../../core/model.ts';
import type { Simulation } from '../simulation.ts';

/**
 * What must hold whatever happened. `forced`: how often a person repeated what was unknown. Returns what is wrong, in words;
 * nothing if all is well.
 */
export async function brokenPromises(world: Simulation, forced = 0): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const delivery of await world.deliveries()) {
    const { uploadId, accountId, status, receipt, duplicates } = delivery;
    const name = `${uploadId}/${accountId}`;
    const posts = world.network.posts.filter((post) => post.marker === name);
    const say = (what: string): void => void wrong.push(`${name}: ${what} (status ${status}, ${posts.length} posts)`);
    if (posts.length > 1 + forced) say('a double post');
    if (duplicates.length > 0) say('a second receipt');
    if (!isTerminal(status)) say('not ended');
    if (status === 'uploaded' && posts.length === 0) say('uploaded without a post');
    if ((status === 'failed' || status === 'cancelled') && posts.length > forced) say('a post behind what ended without one');
    if ((receipt !== null) !== (status === 'uploaded')) say('receipt and status differ');
    let after = posts.length;
    for (const sequel of delivery.sequels) {
      const made = world.network.posts.filter((post) => post.marker === `${name}#${sequel.name}`).length;
      const { phase } = sequel.attempt;
      if (made > 1) say(`${sequel.name} is there twice`);
      if (made > after) say(`${sequel.name} is there before what it follows`);
      if (phase === 'idle' || phase === 'armed') say(`${sequel.name} has not ended`);
      if (phase !== 'unknown' && (phase === 'receipt') !== (made === 1)) say(`${sequel.name} is ${phase}, with ${made} posts`);
      after = made;
    }
    if (receipt !== null && !posts.some((post) => post.id === receipt.externalId)) say('the receipt names no post');
  }
  const inFlight = world.logged.filter((line) => line.includes('duplicate_detected') || line.includes('receipt_refused'));
  return [...wrong, ...inFlight];
}
