/** Chance as a parameter, so that a failing run can be repeated from its seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
