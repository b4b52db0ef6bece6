//! How people write the ten digits: the paths of the pen, drawn on squared paper of 100 x 100.

/// The points the pen goes through before it is lifted: to the right, downwards. The curve through them is
/// smooth; a point that is written twice makes a corner.
pub(super) type Stroke = &'static [(i8, i8)];

/// The strokes of a digit, in the order they are written.
pub(super) type Shape = &'static [Stroke];

/// One way of writing a digit that comes in several shapes, all with as many strokes and as many points in
/// each: every hand lies somewhere between two of them.
pub(super) struct Way {
    /// How often it is met, in percent of those who write this digit.
    pub share: u32,
    /// The shapes it ranges over.
    pub shapes: &'static [Shape],
}

/// `ways![share % [x y, x y; x y, x y] [...] share % ...]`: a way begins with its share, each shape stands in
/// brackets; points are apart by commas, strokes by semicolons.
macro_rules! ways {
    ($($share:literal % $([$($($x:literal $y:literal),+);+])+)+) => {
        &[$(Way { share: $share, shapes: &[$(&[$(&[$(($x, $y)),+]),+]),+] }),+]
    };
}

/// The ways of writing each digit, 0 to 9.
pub(super) const WAYS: [&[Way]; 10] = [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE];

const ZERO: &[Way] = ways![
    // A closed ring: round, narrow, leaning, pointed.
    70 %
    [52 0, 26 8, 10 34, 10 66, 27 93, 52 100, 77 92, 91 65, 89 34, 74 8, 52 0, 33 4]
    [52 0, 38 7, 28 34, 27 66, 36 94, 50 100, 65 93, 74 66, 75 34, 66 8, 52 0, 43 3]
    [66 2, 44 10, 25 36, 16 66, 24 94, 42 99, 62 90, 80 62, 88 34, 84 10, 66 2, 50 7]
    [46 2, 22 18, 8 42, 6 66, 22 88, 48 92, 76 84, 94 62, 92 38, 76 16, 46 2, 30 12]
    // The end of the ring passes its beginning, or falls short of it.
    30 %
    [66 8, 38 4, 16 30, 14 66, 30 94, 56 98, 78 86, 88 60, 84 32, 66 12, 42 6]
    [58 4, 36 6, 18 34, 15 64, 28 93, 52 99, 74 90, 85 62, 84 36, 72 16, 50 12]
    [44 0, 26 12, 14 38, 12 68, 28 94, 52 98, 74 88, 86 60, 84 34, 78 20, 64 4]
];

const ONE: &[Way] = ways![
    // A bar.
    72 %
    [50 0, 50 35, 50 70, 50 100]
    [60 0, 54 34, 47 68, 40 100]
    [54 0, 47 35, 46 70, 50 100]
    [72 0, 58 34, 42 68, 28 100]
    // With a flag, from hardly any to one that might make it a seven.
    18 %
    [40 14, 47 8, 54 0, 54 0, 53 50, 52 100]
    [30 24, 43 13, 56 0, 56 0, 54 50, 52 100]
    [34 17, 46 10, 60 2, 60 2, 54 50, 48 100]
    // With a flag and a base.
    10 %
    [30 20, 42 12, 54 0, 54 0, 53 50, 52 98; 26 99, 52 98, 78 97]
    [42 10, 46 6, 52 0, 52 0, 52 50, 50 98; 14 98, 50 98, 88 96]
];

const TWO: &[Way] = ways![
    // A corner at the foot.
    50 %
    [12 24, 28 4, 58 2, 76 22, 66 48, 38 74, 8 96, 8 96, 46 95, 90 93]
    [16 18, 34 2, 64 4, 78 26, 62 54, 40 78, 18 98, 18 98, 48 97, 80 98]
    [20 10, 40 3, 66 6, 74 24, 60 46, 32 70, 4 90, 4 90, 46 94, 96 98]
    [22 28, 30 6, 52 0, 68 18, 66 48, 50 76, 26 98, 26 98, 52 94, 82 88]
    // A loop at the foot.
    38 %
    [14 20, 36 2, 66 6, 74 30, 58 60, 32 88, 12 94, 8 82, 26 76, 54 88, 94 92]
    [10 14, 34 0, 62 8, 66 34, 50 64, 28 92, 8 98, 2 86, 18 74, 50 84, 98 80]
    [22 16, 42 2, 66 6, 72 28, 60 56, 40 86, 22 96, 14 90, 28 82, 52 92, 86 98]
    // Written like a Z, the foot round.
    12 %
    [12 8, 40 4, 74 6, 72 26, 46 56, 18 84, 22 96, 54 96, 88 90]
    [18 20, 42 4, 72 10, 70 36, 46 62, 22 86, 24 98, 54 98, 84 96]
];

const THREE: &[Way] = ways![
    // Two bows that meet in a point.
    62 %
    [16 12, 40 0, 68 6, 72 28, 42 46, 42 46, 74 56, 82 78, 56 99, 12 92]
    [22 18, 42 2, 66 8, 68 30, 50 46, 50 46, 70 58, 76 80, 54 98, 18 88]
    [10 8, 42 2, 78 8, 74 26, 32 44, 32 44, 66 54, 80 76, 48 97, 6 94]
    [24 6, 48 0, 72 10, 66 30, 36 42, 36 42, 72 52, 84 70, 66 92, 24 100]
    // A small loop in the middle.
    22 %
    [14 12, 40 0, 68 10, 62 34, 38 50, 28 46, 38 40, 68 54, 78 78, 52 99, 10 90]
    [20 10, 46 2, 70 12, 62 34, 44 46, 38 46, 44 44, 72 58, 76 80, 48 98, 14 94]
    // A flat top.
    16 %
    [14 4, 44 4, 76 3, 76 3, 58 22, 40 40, 40 40, 72 50, 80 76, 50 99, 10 90]
    [20 8, 48 4, 72 4, 72 4, 60 24, 48 38, 48 38, 74 52, 76 78, 48 98, 16 96]
];

const FOUR: &[Way] = ways![
    // Open at the top: an angle, then the stem.
    62 %
    [22 4, 16 28, 12 52, 12 52, 46 52, 84 49; 68 2, 66 50, 63 100]
    [30 0, 20 28, 10 56, 10 56, 46 58, 92 56; 72 10, 64 52, 56 100]
    [14 10, 14 32, 18 50, 18 50, 44 51, 72 47; 72 0, 72 50, 70 100]
    [44 0, 28 26, 12 52, 12 52, 46 56, 86 58; 64 14, 60 56, 52 100]
    // Open at the top, with a round bottom: the bow of a nine that was never closed.
    20 %
    [20 6, 14 28, 20 48, 42 52, 70 42; 72 2, 70 50, 66 100]
    [26 2, 16 26, 22 44, 46 44, 68 30; 70 4, 66 50, 56 100]
    [38 2, 20 20, 20 40, 44 44, 70 32; 74 4, 70 50, 64 100]
    // Closed, as it is printed.
    18 %
    [62 0, 36 32, 8 64, 8 64, 48 65, 92 64; 62 0, 62 50, 62 100]
    [56 2, 34 28, 14 54, 14 54, 44 54, 80 51; 58 2, 57 50, 54 100]
    [66 6, 40 30, 16 50, 16 50, 50 54, 86 54; 68 2, 62 50, 54 100]
];

const FIVE: &[Way] = ways![
    // Body first, then the bar.
    48 %
    [30 6, 26 24, 22 44, 22 44, 52 38, 80 60, 70 90, 40 100, 8 88; 30 5, 58 4, 88 1]
    [34 8, 28 26, 24 42, 24 42, 48 42, 70 62, 62 88, 38 98, 14 94; 36 8, 62 6, 92 6]
    [26 8, 26 26, 28 44, 28 44, 56 44, 74 64, 60 90, 32 98, 4 96; 28 6, 52 2, 78 2]
    // In one go, from the right end of the bar.
    36 %
    [86 2, 58 5, 30 6, 30 6, 27 24, 24 42, 24 42, 54 40, 78 62, 66 90, 38 100, 8 90]
    [94 0, 66 4, 40 8, 40 8, 34 24, 26 42, 26 42, 54 44, 68 64, 56 88, 32 98, 4 98]
    [76 6, 50 4, 24 4, 24 4, 24 26, 26 46, 26 46, 58 46, 78 66, 64 92, 38 98, 12 90]
    // In one go and round, nearly an S.
    16 %
    [84 4, 52 4, 30 14, 26 36, 50 46, 72 62, 64 90, 36 100, 8 90]
    [92 2, 60 6, 38 18, 32 38, 50 50, 62 66, 52 90, 28 98, 4 92]
];

const SIX: &[Way] = ways![
    // A bow, then the bowl.
    74 %
    [68 2, 40 18, 20 46, 14 76, 30 98, 58 97, 74 80, 62 62, 38 62, 18 78]
    [52 0, 34 26, 22 52, 18 78, 32 98, 54 96, 66 80, 56 66, 38 68, 22 82]
    [80 4, 48 18, 24 46, 16 76, 36 97, 66 92, 80 70, 64 54, 38 60, 18 80]
    [44 0, 26 26, 14 54, 14 80, 34 99, 64 96, 80 76, 66 58, 38 60, 20 76]
    // A curl at the top, a large bowl.
    26 %
    [74 12, 58 1, 34 14, 18 44, 18 76, 38 98, 66 92, 74 68, 54 52, 22 66]
    [66 10, 52 2, 32 18, 22 46, 24 78, 42 98, 62 90, 66 72, 50 60, 24 72]
];

const SEVEN: &[Way] = ways![
    // A corner.
    64 %
    [8 8, 42 6, 82 5, 82 5, 58 50, 42 100]
    [14 10, 44 8, 74 2, 74 2, 62 48, 52 100]
    [4 14, 42 8, 86 6, 86 6, 54 52, 22 100]
    [20 4, 46 5, 72 6, 72 6, 60 50, 56 100]
    // A hook at the beginning, a round corner.
    20 %
    [10 26, 16 8, 44 8, 74 4, 78 14, 60 52, 48 100]
    [16 20, 18 6, 46 4, 70 2, 72 14, 62 52, 58 100]
    [14 16, 24 4, 50 4, 74 10, 74 26, 58 58, 40 100]
    // A bar through the stem.
    16 %
    [10 6, 44 6, 82 4, 82 4, 60 50, 44 100; 34 52, 58 50, 84 48]
    [14 10, 44 6, 78 4, 78 4, 62 50, 52 100; 26 48, 58 50, 90 52]
];

const EIGHT: &[Way] = ways![
    // In one go, from the top right, closed by the way back.
    62 %
    [74 12, 52 0, 26 12, 34 36, 62 56, 76 80, 52 100, 24 84, 38 58, 66 36, 74 12]
    [78 16, 56 4, 34 14, 38 36, 58 56, 66 80, 44 99, 24 84, 36 60, 62 38, 80 14]
    [64 10, 46 0, 28 12, 34 36, 60 60, 72 82, 52 99, 30 84, 42 58, 62 36, 68 10]
    [84 10, 56 2, 24 16, 32 36, 56 54, 68 78, 42 98, 16 82, 34 56, 64 36, 88 6]
    // In one go, from the middle.
    20 %
    [48 48, 26 32, 34 6, 62 4, 70 26, 48 48, 24 70, 30 96, 62 98, 72 74, 48 48]
    [52 46, 30 34, 40 4, 68 4, 74 26, 50 46, 20 68, 22 94, 50 98, 66 76, 50 48]
    // Two rings.
    18 %
    [50 2, 30 12, 30 34, 50 46, 70 34, 70 12, 50 2; 50 46, 26 58, 24 86, 50 99, 76 86, 74 58, 50 46]
    [54 0, 36 8, 34 34, 50 48, 66 36, 70 10, 50 2; 50 48, 30 60, 26 84, 46 98, 68 86, 70 60, 52 46]
];

const NINE: &[Way] = ways![
    // A bow, then a straight stem, with a corner between them.
    56 %
    [74 14, 48 0, 20 18, 22 42, 50 46, 76 18, 76 18, 72 58, 66 100]
    [70 10, 44 4, 22 26, 30 48, 54 42, 72 12, 72 12, 64 56, 54 100]
    [70 8, 46 0, 26 14, 26 34, 50 38, 70 12, 70 12, 68 56, 68 100]
    [78 20, 52 6, 18 22, 16 44, 44 46, 76 20, 76 20, 60 60, 42 100]
    // A round head that runs into the tail.
    28 %
    [66 40, 38 48, 18 30, 34 4, 62 4, 74 30, 68 66, 54 100]
    [70 32, 46 46, 26 32, 38 6, 64 2, 72 28, 70 64, 66 100]
    [72 34, 44 44, 16 34, 26 8, 60 4, 76 26, 62 62, 36 100]
    // A tail that curls to the left.
    16 %
    [72 12, 46 0, 20 18, 26 42, 54 44, 75 16, 75 16, 76 60, 58 96, 18 92]
    [72 16, 48 2, 26 20, 32 42, 56 42, 74 18, 74 18, 72 62, 56 94, 28 96]
];

// Checked when this is compiled: the shapes of a way have the same numbers of strokes and points, so that any two of them can be
// mixed, and the shares of a digit's ways add up to 100.
const _: () = {
    let mut digit = 0;
    while digit < WAYS.len() {
        let (mut way, mut shares) = (0, 0);
        while way < WAYS[digit].len() {
            let shapes = WAYS[digit][way].shapes;
            shares += WAYS[digit][way].share;
            let mut shape = 1;
            while shape < shapes.len() {
                assert!(shapes[shape].len() == shapes[0].len());
                let mut stroke = 0;
                while stroke < shapes[0].len() {
                    assert!(shapes[shape][stroke].len() == shapes[0][stroke].len());
                    stroke += 1;
                }
                shape += 1;
            }
            way += 1;
        }
        assert!(shares == 100);
        digit += 1;
    }
};
