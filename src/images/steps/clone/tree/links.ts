/** As many as Linux follows before it calls them a loop. */
const mostFollowed = 40;

/**
 * Whether whoever follows this link is led out of the tree, also by the way of other links. A link to nothing and a loop
 * stay inside: nobody gets anywhere by them. Paths from the root of the tree; `links` has the target of each.
 */
export function leavesTree(link: string, links: ReadonlyMap<string, string>): boolean {
  const waiting = link.split('/').toReversed();
  const place: string[] = [];
  let followed = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (place.pop() === undefined) return true;
      continue;
    }
    place.push(name);
    const target = links.get(place.join('/'));
    if (target === undefined) continue;
    if (target.startsWith('/')) return true;
    followed += 1;
    if (followed > mostFollowed) return false;
    place.pop();
    waiting.push(...target.split('/').toReversed());
  }
  return false;
}
