//! The rasters of Fig. 7, 13, 25 and 26, as the paper's electronic version holds them: 0 is black, 255 white.

use super::display::Palette;
use ndarray::{Array, Array2, Array3, Axis, Dimension, Ix1, Ix2, Ix3, Ix4};
use safetensors::SafeTensors;

/// The file, which is compiled in.
const FILE: &[u8] = include_bytes!("../../paper/rasters.safetensors");

/// The answers that Fig. 13 prints, panel by panel in reading order.
pub const FIG_13_ANSWERS: [u8; 9] = [4, 4, 4, 4, 3, 8, 4, 3, 3];

/// One panel of Fig. 13: an input and states of the network of 1998.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The greys that the panel has.
    pub palette: Palette,
    /// The input, 32 x 32.
    pub input: Array2<u8>,
    /// C1, S2, C3 and S4: maps x rows x columns.
    pub maps: [Array3<u8>; 4],
    /// F6, 84 units, row by row as the codes.
    pub f6: Vec<u8>,
}

/// The nine panels of Fig. 13 in reading order.
pub fn fig_13() -> Vec<Panel> {
    let file = File::open();
    let palettes = file.array::<Ix2>("palette.fig13");
    let inputs = file.array::<Ix3>("fig13.input");
    let maps = ["c1", "s2", "c3", "s4"].map(|layer| file.array::<Ix4>(&format!("fig13.{layer}")));
    let f6 = file.array::<Ix2>("fig13.f6");
    let panel = |n: usize| Panel {
        palette: Palette(std::array::from_fn(|level| palettes[[n, level]])),
        input: inputs.index_axis(Axis(0), n).to_owned(),
        maps: maps.each_ref().map(|maps| maps.index_axis(Axis(0), n).to_owned()),
        f6: f6.row(n).to_vec(),
    };
    (0..FIG_13_ANSWERS.len()).map(panel).collect()
}

/// The field of Fig. 25 and the states of its layers that the figure shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Fig25 {
    /// C1, 6 maps of 28 x 60.
    pub c1: Array3<u8>,
    /// C3, 16 maps of 10 x 26.
    pub c3: Array3<u8>,
    /// Its answer and F6.
    pub string: WideField,
}

/// A string of Fig. 25 or 26: the F6 images of nine positions, and what the figure prints above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WideField {
    /// The printed label of each position: a digit, or `.` where the figure leaves it blank.
    pub labels: &'static str,
    /// The middle 52 of 64 columns of the input, 32 rows.
    pub input: Array2<u8>,
    /// F6, 84 units row by row, of each position.
    pub f6: Vec<Vec<u8>>,
}

impl WideField {
    /// The positions with a label: the digit, and F6.
    pub fn labelled(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let labels = self.labels.chars().zip(&self.f6);
        labels.filter_map(|(label, f6)| Some((label.to_digit(10)? as usize, f6.as_slice())))
    }

    /// The greys that the F6 images have.
    pub fn palette(&self) -> Palette {
        Palette::of(self.f6.iter().flatten().copied())
    }
}

/// The labels that Fig. 25 prints, and those of the four strings of Fig. 26 in reading order.
const LABELS: [&str; 5] = ["2..33.4.5", "55...4.0.", "1.1.1.441", "6.777..88", "3.55.114."];

/// Fig. 25.
pub fn fig_25() -> Fig25 {
    let file = File::open();
    let input = file.array::<Ix2>("fig25.input");
    let f6 = file.array::<Ix2>("fig25.f6").rows().into_iter().map(|row| row.to_vec()).collect();
    Fig25 {
        c1: file.array::<Ix3>("fig25.c1"),
        c3: file.array::<Ix3>("fig25.c3"),
        string: WideField { labels: LABELS[0], input, f6 },
    }
}

/// The four strings of Fig. 26, in reading order.
pub fn fig_26() -> Vec<WideField> {
    let file = File::open();
    let (inputs, f6) = (file.array::<Ix3>("fig26.input"), file.array::<Ix3>("fig26.f6"));
    let string = |(n, labels): (usize, &&'static str)| WideField {
        labels,
        input: inputs.index_axis(Axis(0), n).to_owned(),
        f6: f6.index_axis(Axis(0), n).rows().into_iter().map(|row| row.to_vec()).collect(),
    };
    LABELS[1..].iter().enumerate().map(string).collect()
}

/// The hundred pictures of Fig. 7, row by row, 32 x 32.
pub fn fig_7() -> Vec<Array2<u8>> {
    File::open().array::<Ix3>("fig7").outer_iter().map(|picture| picture.to_owned()).collect()
}

/// The palette of Fig. 4, 7 and 8.
pub fn palette_of_patterns() -> Palette {
    let greys = File::open().array::<Ix1>("palette.mnist");
    Palette(std::array::from_fn(|level| greys[level]))
}

/// The compiled-in file, opened.
struct File(SafeTensors<'static>);

impl File {
    fn open() -> Self {
        Self(SafeTensors::deserialize(FILE).expect("the compiled-in file is whole"))
    }

    fn array<D: Dimension>(&self, name: &str) -> Array<u8, D> {
        let tensor = self.0.tensor(name).unwrap_or_else(|_| panic!("the compiled-in file has {name}"));
        let all = Array::from_shape_vec(tensor.shape(), tensor.data().to_vec());
        all.ok().and_then(|all| all.into_dimensionality().ok()).expect("it has this shape")
    }
}
