//! Our rasters, one after the other, looked for in a PDF.

use super::Pictures;
use crate::archaeology::fig8::fig_8;
use crate::archaeology::patterns::{self, picture};
use crate::archaeology::rasters::{Panel, WideField, fig_7, fig_13, fig_25, fig_26};
use crate::archaeology::recover::LAYERS;
use crate::section3::database::Database;
use ndarray::{Array2, Array3, Axis};
use std::fmt::{self, Display, Formatter};

/// How many of our rasters a PDF holds, pixel by pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Each kind of raster: its name, how many are there, and how many there should be.
    pub parts: Vec<(String, usize, usize)>,
}

impl Comparison {
    /// Looks for the rasters of Fig. 7, 13, 25 and 26; and for Fig. 4 and 8 as the law of display makes them again from MNIST,
    /// if it is there.
    pub fn of(pictures: &Pictures, mnist: Option<&Database>) -> Self {
        let rasters = rasters().into_iter().chain(mnist.map(fig_4_and_8).into_iter().flatten());
        let find = |(name, rasters): (String, Vec<Array2<u8>>)| {
            let there = rasters.iter().filter(|raster| pictures.hold(raster.view())).count();
            (name, there, rasters.len())
        };
        Self { parts: rasters.map(find).collect() }
    }

    /// The number of rasters that were found, and of all.
    pub fn sum(&self) -> (usize, usize) {
        self.parts.iter().fold((0, 0), |(there, all), part| (there + part.1, all + part.2))
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.parts.iter().try_for_each(|(name, there, all)| writeln!(f, "  {name:20}{there:4} of {all}"))
    }
}

/// The rasters that we hold, by their names.
pub fn rasters() -> Vec<(String, Vec<Array2<u8>>)> {
    let (panels, fig_25, fig_26) = (fig_13(), fig_25(), fig_26());
    let layer = |n: usize| panels.iter().flat_map(|panel| maps(&panel.maps[n])).collect();
    let mut all = vec![
        ("Fig. 7".into(), fig_7()),
        ("Fig. 13, inputs".into(), each(&panels, |panel| panel.input.clone())),
    ];
    all.extend(LAYERS.iter().enumerate().map(|(n, name)| (format!("Fig. 13, {name}"), layer(n))));
    all.extend([
        ("Fig. 13, F6".into(), each(&panels, |panel| f6(&panel.f6))),
        ("Fig. 25, input".into(), vec![fig_25.string.input.clone()]),
        ("Fig. 25, C1".into(), maps(&fig_25.c1)),
        ("Fig. 25, C3".into(), maps(&fig_25.c3)),
        ("Fig. 25, F6".into(), fig_25.string.f6.iter().map(|units| f6(units)).collect()),
        ("Fig. 26, inputs".into(), fig_26.iter().map(|string| string.input.clone()).collect()),
        ("Fig. 26, F6".into(), fig_26.iter().flat_map(f6_of).collect()),
    ]);
    all
}

/// The pictures of Fig. 4 and 8, made again.
fn fig_4_and_8(mnist: &Database) -> [(String, Vec<Array2<u8>>); 2] {
    let fig_4 = patterns::fig_4().into_iter().map(|index| picture(mnist.train.image(index)));
    let fig_8 = fig_8().into_iter().map(|error| picture(mnist.test.image(error.index)));
    [("Fig. 4, made again".into(), fig_4.collect()), ("Fig. 8, made again".into(), fig_8.collect())]
}

fn each(panels: &[Panel], of: fn(&Panel) -> Array2<u8>) -> Vec<Array2<u8>> {
    panels.iter().map(of).collect()
}

fn maps(maps: &Array3<u8>) -> Vec<Array2<u8>> {
    maps.axis_iter(Axis(0)).map(|map| map.to_owned()).collect()
}

fn f6_of(string: &WideField) -> Vec<Array2<u8>> {
    string.f6.iter().map(|units| f6(units)).collect()
}

/// F6 as the figures show it: 12 rows of 7 units.
fn f6(units: &[u8]) -> Array2<u8> {
    Array2::from_shape_vec((12, 7), units.to_vec()).expect("84 units")
}
