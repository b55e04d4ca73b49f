import fc from 'fast-check';

// A list that may hold 60 things holds up to 60: without this fast-check tries lists of some five, whatever a test allows.
fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });

export { fc };
