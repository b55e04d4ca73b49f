const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** What `quantity` allows, in CPUs or bytes. The CRD has checked the form; what slips past it is too large for any limit. */
export function amountOf(quantity: number | string): number {
  const [, value = '', unit = ''] = /^([0-9.]+)([A-Za-z]*)$/u.exec(String(quantity)) ?? [];
  return Number.parseFloat(value) * (units[unit] ?? Number.NaN) || (Number(value) === 0 ? 0 : Number.POSITIVE_INFINITY);
}
