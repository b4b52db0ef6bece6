#![doc = mathdoc::md!(
    r#"
Elastic distortions: each part of a digit goes its own little way.

# What they are, and where they come from

P. Simard, D. Steinkraus and J. Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis* (2003). The paper's [distortions](crate::section3::distortions) are affine: one map for the whole plane,
under which straight strokes stay straight. A hand is not affine. Its muscles shake, a loop comes out wider and the
stroke beside it does not. So in addition each pixel is moved by a displacement of its own, and neighbours by nearly
the same one.

**In 1998** the five affine kinds were there (III-B), and the paper gained 0.15 % with them. Elastic ones come five
years later from the same question: what else may change without changing the class? A net with two convolutions, not much
larger than LeNet-5, is at 0.4 % in that article with them, and at 0.6 % with affine ones.

# The displacements

The authors draw a displacement for every pixel, smooth both fields with a Gaussian and scale them up again. **Ours**
has the same two numbers, how far and how smooth, for less: displacements $d_{ij}$, rows and columns, are drawn at
5 x 5 nodes, which stand $31 / 4$ pixels apart, so that the outer ones are on the edge of the input plane; each is
uniform in $\pm e$, with $e$ in pixels ([`training.elastic`](crate::experiment)). Between four nodes, at a share $u$
of the way down and $v$ of the way to the right:

$$
d = (1 - p) \, \bigl( (1 - q) \, d_{00} + q \, d_{01} \bigr) + p \, \bigl( (1 - q) \, d_{10} + q \, d_{11} \bigr)
\qquad
p = u^2 (3 - 2 u), \quad q = v^2 (3 - 2 v)
$$

With $p = u$ and $q = v$ strokes would have corners where they pass from one square of nodes to the next; the slope
of $u^2 (3 - 2 u)$ is 0 at both ends.

**How far is too far?** Where the displacement changes by more than a pixel from one pixel to the next, the plane is
folded: the same piece of a stroke is seen twice. Between two nodes it changes by at most $2 e$, with a slope of at
most $\frac32 \cdot 2 e \cdot \frac{4}{31} = 0.39 \, e$. So below 2.5 pixels nothing is folded.

# One way back

As [there](crate::section3::distortions#the-map-and-its-inverse), each pixel asks where it came from. First it is
moved, then looked up in the image through the inverse affine map $M$, and four pixels are mixed, once:

$$
\text{state}(r', c') = \text{image} \bigl( M \, (r' + d_r, \; c' + d_c) \bigr)
$$

Two steps with a picture in between, affine and then elastic, would mix twice and blur.

# By hand

One pixel of ink, on the plane in row 15 and column 15, and one displacement for all nodes, 1 down and 2 to the right: what
is seen in row 14 and column 13 is what was at 15 and 15. The ink has moved *against* the displacement, since that
says where to look.

```
use lenet5::section3::distortions::Distortion;
use lenet5::today::elastic::{Displacements, NODES, place_bent};
use ndarray::{Array2, Array3};

let mut image = Array2::zeros((28, 28));
image[[13, 13]] = 255;
let ink = |displacements, [row, column]: [usize; 2]| {
    let mut input = Array3::<f64>::zeros((1, 32, 32));
    place_bent(image.view(), &Distortion::NONE, &displacements, &mut input);
    (input[[0, row, column]] + 0.1) / 1.275
};
let near = |a: f64, b: f64| (a - b).abs() < 1e-6;

let mut nodes = [[[0.0; 2]; NODES]; NODES];
assert!(near(ink(Displacements { nodes }, [15, 15]), 1.0));
nodes = [[[1.0, 2.0]; NODES]; NODES];
assert!(near(ink(Displacements { nodes }, [14, 13]), 1.0));

// The node in the middle alone, and the pixel half a pixel from it: nearly all of it.
nodes = [[[0.0; 2]; NODES]; NODES];
nodes[2][2] = [0.0, 1.0];
let [down, right] = Displacements { nodes }.at(15, 15);
let share = 0.5 * 4.0 / 31.0;
let p = 1.0 - share * share * (3.0 - 2.0 * share);
assert!(near(down, 0.0) && near(right, p * p));
```

# Where people get stuck

- **Noise for each pixel** without smoothing is noise on the picture: strokes fray. Smoothed without being scaled up again
  it is nothing: the mean of many is close to 0.
- **One displacement for rows and columns** moves everything along one diagonal.
- **Test patterns stay as they are.** What the net has become used to are bent ones, though: a normalisation has to
  [take its moments anew](super::training::Trainer::settle).

# How we know

`tests/distortions.rs` compares every pixel with the formulas above in plain loops, and with a translation where all
nodes are alike; it sees another node refused. What they are worth: [the ladder](super).
"#
)]
#![doc = include_str!("../../docs/figures/elastic.svg")]

use crate::Real;
use crate::section1::Maps;
use crate::section3::database::{BACKGROUND, FOREGROUND, INPUT, Patterns};
use crate::section3::distortions::{Distortion, at, bordered};
use crate::section3::presentation::{Chance, Presentation};
use ndarray::{Array3, ArrayView2, Axis};
use rand::Rng;
use std::array::from_fn;

/// Nodes in a row or a column of them.
pub const NODES: usize = 5;

/// Where each pixel of the input plane looks, from its own place on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Displacements {
    /// At each node, row after row: pixels downwards and pixels to the right.
    pub nodes: [[[f64; 2]; NODES]; NODES],
}

impl Displacements {
    /// Draws every number independently, and uniformly in `±pixels`.
    pub fn draw(pixels: f64, random: &mut impl Rng) -> Self {
        let mut within = || pixels * random.random_range(-1.0..=1.0);
        Self { nodes: from_fn(|_| from_fn(|_| from_fn(|_| within()))) }
    }

    /// At this pixel of the input plane: pixels downwards and pixels to the right.
    pub fn at(&self, row: usize, column: usize) -> [f64; 2] {
        along(&self.row(row), column)
    }

    /// The nodes as they would be in this row of pixels.
    fn row(&self, row: usize) -> [[f64; 2]; NODES] {
        let (above, part) = WAYS[row];
        from_fn(|column| mix(self.nodes[above][column], self.nodes[above + 1][column], part))
    }
}

/// The displacement at this column of a row of nodes.
fn along(nodes: &[[f64; 2]; NODES], column: usize) -> [f64; 2] {
    let (left, part) = WAYS[column];
    mix(nodes[left], nodes[left + 1], part)
}

/// For each row or column of pixels: the node before it, and how much the next one has to say.
const WAYS: [(usize, f64); INPUT] = {
    let mut ways = [(0, 0.0); INPUT];
    let mut pixel = 0;
    while pixel < INPUT {
        let way = pixel as f64 * ((NODES - 1) as f64 / (INPUT - 1) as f64);
        let before = if (way as usize) < NODES - 1 { way as usize } else { NODES - 2 };
        let part = way - before as f64;
        ways[pixel] = (before, part * part * (3.0 - 2.0 * part));
        pixel += 1;
    }
    ways
};

fn mix(a: [f64; 2], b: [f64; 2], part: f64) -> [f64; 2] {
    from_fn(|n| a[n] + (b[n] - a[n]) * part)
}

/// [`place_distorted`](crate::section3::distortions::place_distorted), and bent by these displacements.
///
/// # Panics
/// When the image is not of 28 x 28 pixels.
pub fn place_bent<R: Real>(
    image: ArrayView2<u8>,
    distortion: &Distortion,
    displacements: &Displacements,
    input: &mut Array3<R>,
) {
    let (ink, paper) = (R::of((FOREGROUND - BACKGROUND) / 255.0), R::of(BACKGROUND));
    let (image, inverse) = (bordered::<R>(image), distortion.inverse());
    for (y, mut states) in input.index_axis_mut(Axis(0), 0).outer_iter_mut().enumerate() {
        let nodes = displacements.row(y);
        let sources: [[i64; 2]; INPUT] = from_fn(|x| {
            let [down, right] = along(&nodes, x);
            inverse.source([y as f64 + down, x as f64 + right])
        });
        for (state, [row, column]) in states.iter_mut().zip(sources) {
            *state = paper + ink * at(&image, row, column);
        }
    }
}

/// Every pattern in as many versions as anyone asks for, numbered as
/// [`Distorted`](crate::section3::presentation::Distorted) has them: distorted as there, and bent.
#[derive(Clone, Copy, Debug)]
pub struct Bent<'a> {
    /// The patterns.
    pub patterns: &'a Patterns,
    /// How strongly they are distorted: see [`Distortion::draw`].
    pub strength: f64,
    /// How far they are bent: see [`Displacements::draw`].
    pub pixels: f64,
    /// What both are drawn from.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Bent<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (random, p) = (&mut Chance::Distortion(number).stream(self.seed), number % self.patterns.len());
        let distortion = Distortion::draw(self.strength, random);
        let displacements = Displacements::draw(self.pixels, random);
        place_bent(self.patterns.image(p), &distortion, &displacements, input);
        self.patterns.label(p)
    }
}
