const begins = /^npm error Usage:\s*$/;
const ends = /^npm error Run "npm help /;

/** npm prints its manual after what went wrong, longer than all that is kept; false for the lines of it. */
export function outsideOfManual(): (line: string) => boolean {
  let inside = false;
  return (line) => {
    if (begins.test(line)) inside = true;
    const keeps = !inside;
    if (ends.test(line)) inside = false;
    return keeps;
  };
}
