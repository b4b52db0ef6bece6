#![doc = mathdoc::md!(
    r#"
# Notation: the paper's symbols and their names here

One letter stands in the code only where it is one of these.

| paper | here | shape | what it is |
|---|---|---|---|
| $Z^p$ | `pattern(p)`, `x` | $1 \times 32 \times 32$ | pattern number $p$ on the input plane |
| $D^p$ | `label` | | the class that the pattern shows |
| $W$, $w$, $u$ | `weight`, `bias`, `coefficient`, `w` | per layer | trainable parameters; $u$ is one connection, $w$ what connections share ([eq. 20](crate::appendix::c#eq-20)) |
| $a_i$ | `a` | maps x rows x columns | weighted sum of a unit ([eq. 5](crate::section2::squashing#eq-5)) |
| $x_i$ | `x` going in, `y` coming out | maps x rows x columns | state of a unit, $f(a_i)$ |
| $f$, $A$, $S$ | [`squash`](crate::section2::Squashing::squash), [`A`](crate::section2::A), [`S`](crate::section2::S) | | squashing function and its constants ([eq. 6](crate::section2::squashing#eq-6)) |
| $y_i$ | [`Penalties`](crate::section2::Penalties) | 10 | distance of F6 from code $i$ ([eq. 7](crate::section2::rbf#eq-7)) |
| $w_{ij}$ of eq. 7 | `codes` | $10 \times 84$ | the codes of Fig. 3 |
| $j$ of eq. 9 | `rubbish` | | penalty of "none of these" ([eq. 9](crate::section2::loss#eq-9)) |
| $E$ | `loss` | | of one pattern; [eq. 8 and 9](crate::section2::loss#eq-8) take the mean over patterns |
| $\partial E / \partial v$ | `dv` | that of $v$ | first derivative: made by `bprop` |
| $\partial^2 E / \partial v^2$ | `ddv` | that of $v$ | diagonal Gauss-Newton second derivative: made by `bbprop` |
| $h_{kk}$ | `h`, `curvature` | that of the parameters | mean second derivative ([eq. 24](crate::appendix::c#eq-24)) |
| $\eta$, $\mu$ | `eta`, `mu` | | numerator and safety term of a rate ([eq. 21](crate::appendix::c#eq-21)) |
| $\epsilon_k$ | `epsilon`, `rates` | that of the parameters | the rate of a parameter |
| $P$ | `patterns` | | number of training patterns |
| $F_i$ | `fan_in` | | number of inputs of a unit ([App. A](crate::appendix::a)) |

Besides: `R` is the precision ([`Real`](crate::Real)), `H` a [`Head`](crate::section2::Head); in loops, `p` counts
patterns, `i` outputs, `j` inputs, `m` maps, `(ky, kx)` the places in a kernel, `(r, c)` rows and columns; `s`, `d`
and `dd` are the [`States`](crate::section2::States) of a pattern, their first and their second derivatives. The
letter $k$ counts updates in [eq. 2](crate::section1::gradient_descent#eq-2), parameters in eq. 18 to 23, and units of the
layer above in [eq. 27](crate::appendix::c#eq-27): the paper's own, in each place.
"#
)]
