import { importDirection } from './rules/import-direction.ts';
import { noAmbientEffects } from './rules/no-ambient-effects.ts';

/** The project's own rules, loaded by oxlint. Each has a test beside it and a message that says what to do. */
export default {
  meta: { name: 'vish' },
  rules: {
    'no-ambient-effects': noAmbientEffects,
    'import-direction': importDirection,
  },
};
