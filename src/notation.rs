//! # Notation: the paper's symbols and their names here
//!
//! One letter stands in the code only where it is one of these.
//!
//! | paper | here | shape | what it is |
//! |---|---|---|---|
//! | `Z^p` | `pattern(p)`, `x` | 1 x 32 x 32 | pattern number `p` on the input plane |
//! | `D^p` | `label` | | the class that the pattern shows |
//! | `W`, `w`, `u` | `weight`, `bias`, `coefficient`, `w` | per layer | trainable parameters; `u` is one connection, `w` what connections share |
//! | `a_i` | `a` | maps x rows x columns | weighted sum of a unit (eq. 5) |
//! | `x_i` | `x` going in, `y` coming out | maps x rows x columns | state of a unit, `f(a_i)` |
//! | `f`, `A`, `S` | [`squash`](crate::section2::Squashing::squash), [`A`](crate::section2::A), [`S`](crate::section2::S) | | squashing function and its constants (eq. 6) |
//! | `y_i` | [`Penalties`](crate::section2::Penalties) | 10 | distance of F6 from code `i` (eq. 7) |
//! | `w_ij` of eq. 7 | `codes` | 10 x 84 | the codes of Fig. 3 |
//! | `j` | `rubbish` | | penalty of "none of these" (eq. 9) |
//! | `E` | `loss` | | of one pattern; eq. 8 and 9 take the mean over patterns |
//! | `dE/dv` | `dv` | that of `v` | first derivative: made by `bprop` |
//! | `d²E/dv²` | `ddv` | that of `v` | diagonal Gauss-Newton second derivative: made by `bbprop` |
//! | `h_kk` | `h`, `curvature` | that of the parameters | mean second derivative (eq. 24) |
//! | `eta`, `mu` | `eta`, `mu` | | numerator and safety term of a rate (eq. 21) |
//! | `epsilon_k` | `epsilon`, `rates` | that of the parameters | the rate of a parameter (eq. 21) |
//! | `P` | `patterns` | | number of training patterns |
//! | `F_i` | `fan_in` | | number of inputs of a unit (App. A) |
//!
//! Besides: `R` is the precision ([`Real`](crate::Real)), `H` a [`Head`](crate::section2::Head); in loops, `p` counts
//! patterns, `i` outputs, `j` inputs, `m` maps, `(ky, kx)` the places in a kernel, `(r, c)` rows and columns; `s`, `d`
//! and `dd` are the [`States`](crate::section2::States) of a pattern, their first and their second derivatives.
