#![doc = mathdoc::md!(
    r#"
III-A: the database: MNIST, from a file to the input plane.

# What the paper says

MNIST is made of two collections of the American bureau of standards, NIST: SD-3, written by employees of the Census
Bureau, and SD-1, written by high-school students, which is harder to read. The bureau meant the first for training
and the second for testing; the paper mixes them, about half and half in either set, and divides the 500 writers of
SD-1 between the two. There are 60,000 patterns to train on, and 10,000 are used to test with.

The original black-and-white characters were scaled to fit a box of 20 x 20 pixels, their proportions kept, which
made them grey (anti-aliasing), and were placed in a field of 28 x 28 with the centre of mass in the middle: see
[`normalisation`]. For the network this field is extended to 32 x 32 with background, paper at -0.1 and ink at 1.175
(II-B). The paper's reason for the margin: a corner or the end of a stroke may then fall into the centre of the field
of the highest feature detectors.

# On disk

| file | holds | shape |
|---|---|---|
| `train-images-idx3-ubyte` | grey images, 0 is paper, 255 is ink | 60,000 x 28 x 28 |
| `train-labels-idx1-ubyte` | labels, 0 to 9 | 60,000 |
| `t10k-images-idx3-ubyte` | grey images | 10,000 x 28 x 28 |
| `t10k-labels-idx1-ubyte` | labels | 10,000 |

Each file may be gzipped. [`idx`] describes the format, and reads any pair of such files; [`mnist`] knows these four.
Where they are looked for, and that they are downloaded, is told by the modules `source` and `fetch` of the command
line. A machine that cannot have them gets [digits that the program draws itself](embedded).

# On the input plane

A byte $g$ becomes a state of the input layer:

$$
x = -0.1 + \frac{1.175 - (-0.1)}{255} \, g = -0.1 + 0.005 \, g
$$

and around the 28 x 28 pixels is a border of two, which is paper: **-0.1**, not 0 ([`place`]). Image row 0 is plane
row 2.

| | shape | from | to |
|---|---|---|---|
| [`Patterns::image`] | $28 \times 28$ | 0 (paper) | 255 (ink) |
| [`Patterns::pattern`] | $1 \times 32 \times 32$ | -0.1 | 1.175 |
| [`Patterns::label`] | 1 | 0 | 9 |

# By hand

An image that is paper but for its first pixel, which is ink, and its last, which is grey:

```
use lenet5::section3::database::{BACKGROUND, place};
use ndarray::{Array2, Array3};

let mut image = Array2::zeros((28, 28));
image[[0, 0]] = 255;
image[[27, 27]] = 128;

let mut input = Array3::<f64>::zeros((1, 32, 32));
place(image.view(), &mut input);
let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
assert!(near(input[[0, 2, 2]], 1.175));
assert!(near(input[[0, 29, 29]], 0.54)); // -0.1 + 0.005 * 128
// All others are paper, the border included.
let paper = input.iter().filter(|&&x| x == BACKGROUND);
assert_eq!(paper.count(), 32 * 32 - 2);
```

# The variance is not 1

The paper says that with these two values the mean of the input is about 0 and the variance about 1. The second
cannot be. No number leaves the interval from -0.1 to 1.175, so $(x + 0.1)(1.175 - x) \geq 0$ for every pixel, which
is $x^2 \leq 1.075 \, x + 0.1175$. Take the mean of both sides:

$$
\text{mean of } x^2 \leq 1.075 \cdot (\text{mean of } x) + 0.1175
$$

With a mean of 0 the variance is at most 0.1175, and whatever the mean it is at most $(1.275 / 2)^2 = 0.41$, that of
half the pixels at either end. We take the two values as printed and do not standardise the result again ([deviation
15](crate::paper::deviations#15-the-input-is-not-standardised-again)).

# What is checked

That a file is whole and ends where it says, that its checksum is right if it is gzipped, that it holds what its name
promises, that images have 28 x 28 pixels, that labels are digits, and as many as there are images. Of MNIST also
that the uncompressed content has the published SHA-256: a result on other patterns would be no reproduction. What is
wrong is told by a [`DataError`].

# Where people get stuck

- **A border of 0.** Who maps the 28 x 28 pixels first and pads then, with zeros as most tools do, frames every
  pattern in grey: 0 is what byte 20 becomes. Pad first, or pad with -0.1. No test of shapes notices.
- **0 to 1, or mean 0 and variance 1.** Both are customary, neither is the paper's. Then the initial weights, the
  signal that reaches F6 and the rates are others too.
- **Black on white.** In the files 255 is ink. A scan has it the other way round.
- **The other 50,000 test patterns.** The paper speaks of 60,000 and uses 10,000; those are MNIST's.
- **Its first home is gone**, and copies that were compressed again differ as files. Compare what is inside.
- **One's own drawings** must get the same treatment as the forms did: [`normalisation`].

# How we know

`tests/database`: every fault of a file, by damaged files and random bytes, is refused with a message that says what
to do; with `MNIST_DIR` set, the real files are read, the digits of each class counted, and the centres of mass of
the test patterns found in the middle. `tests/distortions.rs` compares the plane, pixel by pixel, with the map
written out.
"#
)]

pub mod embedded;
mod error;
#[cfg(feature = "cli")]
pub mod fetch;
pub mod idx;
pub mod mnist;
pub mod normalisation;
mod patterns;
#[cfg(feature = "cli")]
pub mod source;

pub use error::{DataError, Fault};
pub use patterns::{BACKGROUND, Database, FOREGROUND, IMAGE, INPUT, Patterns, place};
