//! Fig. 7: its pictures are patterns of MNIST under affine maps, and our own distortions come back with the same ranges.

use crate::common::real_mnist;
use lenet5::archaeology::patterns::{Affine, fig_7, shown};
use lenet5::archaeology::rasters::{self, palette_of_patterns};
use lenet5::archaeology::registration::{register, residual};
use lenet5::section3::database::{embedded, mnist};
use lenet5::section3::distortions::Distortion;
use ndarray::Array2;

/// The ranges of an amount: least and greatest.
fn range(maps: &[Affine], of: impl Fn(&Affine) -> f64) -> [f64; 2] {
    let values = maps.iter().map(of);
    values
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], value| [least.min(value), most.max(value)])
}

/// The ranges that [`Distortion::draw_as_fig_7`] draws from are those of these maps, to `tolerance` of each range.
fn assert_as_fig_7(maps: &[Affine], tolerance: f64) {
    let reciprocal = range(maps, Affine::reciprocal_of_scale);
    let [squeeze, shear] = [range(maps, Affine::squeeze), range(maps, Affine::shear)];
    // The row that vertical scaling keeps, by least squares of ty on 1 - d: y = d y + ty.
    let mean = |of: &dyn Fn(&Affine) -> f64| maps.iter().map(of).sum::<f64>() / maps.len() as f64;
    let (u, ty) = (mean(&|map| 1.0 - map.d), mean(&|map| map.ty));
    let base_line = mean(&|map| (1.0 - map.d - u) * (map.ty - ty)) / mean(&|map| (1.0 - map.d - u).powi(2));
    let ranges: [(&str, [f64; 2], [f64; 2]); 3] = [
        ("1/scale", [0.77, 1.40], reciprocal),
        ("squeeze", [1.0 / 1.1, 1.1], squeeze),
        ("shear", [-0.15, 0.15], shear),
    ];
    for (name, [from, to], [least, most]) in ranges {
        let near = tolerance * (to - from);
        assert!((least - from).abs() < near && (most - to).abs() < near, "{name}: {least} to {most}");
    }
    assert!((base_line - 10.8).abs() < 0.7, "base line: {base_line}");
    // A single stroke, as of a 1, says little about vertical shear.
    assert!(mean(&|map| map.c.abs()) < 0.005, "no vertical shear, no rotation");
}

#[test]
fn our_own_samples_have_the_ranges_of_fig_7() {
    let (patterns, palette) = (embedded::test(1), palette_of_patterns());
    let random = &mut lenet5::random(7);
    let map = |p: usize| {
        let image = patterns.image(p % patterns.len());
        let picture: Array2<u8> = shown(image, &Distortion::draw_as_fig_7(random), &palette);
        let map = register(image, &picture, &palette).expect("a digit has ink");
        assert!(residual(&map, image, &picture, &palette) < 4.0, "pattern {p} was not found");
        map
    };
    let maps: Vec<Affine> = (0..400).map(map).collect();
    assert_as_fig_7(&maps, 0.08);
}

/// The control: our guess of before has other ranges.
#[test]
#[should_panic(expected = "1/scale")]
fn other_distortions_have_other_ranges() {
    let (patterns, palette) = (embedded::test(1), palette_of_patterns());
    let random = &mut lenet5::random(7);
    let map = |p: usize| {
        let image = patterns.image(p % patterns.len());
        let picture = shown(image, &Distortion::draw(1.0, random), &palette);
        register(image, &picture, &palette).expect("a digit has ink")
    };
    assert_as_fig_7(&(0..100).map(map).collect::<Vec<_>>(), 0.08);
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn mnist_under_affine_maps_is_fig_7() {
    let (mnist, palette) = (mnist::load(&real_mnist::folder()).unwrap(), palette_of_patterns());
    let mut maps = Vec::new();
    for (known, picture) in fig_7().into_iter().zip(rasters::fig_7()) {
        let image = mnist.train.image(known.index);
        let map = register(image, &picture, &palette).unwrap();
        // Nothing but interpolation and the palette: 2.6 grey levels of 255 at most.
        let left = residual(&map, image, &picture, &palette);
        assert!(left < 3.0, "{known:?}: {left}");
        let corners = [[-9.5, -9.5], [9.5, -9.5], [-9.5, 9.5], [9.5, 9.5]];
        for [x, y] in corners {
            let ([u, v], [known_u, known_v]) = (map.place(x, y), known.map.place(x, y));
            assert!((u - known_u).hypot(v - known_v) < 0.15, "{known:?} {map:?}");
        }
        // The control: the next pattern of MNIST is another.
        let other = mnist.train.image(known.index + 1);
        let found = register(other, &picture, &palette);
        assert!(found.is_none_or(|map| residual(&map, other, &picture, &palette) > 7.0), "{known:?}");
        maps.push(map);
    }
    assert_as_fig_7(&maps, 0.08);
}
