// Every parser of the program, from bytes: for the fuzzing targets beside this file and for `tests/all/cli/mutations.rs`. A
// parser must read or refuse any bytes. A panic, memory out of proportion or an endless message is a fault.

use image::{DynamicImage, ImageFormat};
use lenet5::archaeology::pdf::Pictures;
use lenet5::draw::{Along, Look, Networks, Patterns, Question, Studio, Sweep};
use lenet5::experiment::{Arm, Finished, Gallery, Model, Pass, Plan, Results, Study, StudyResults, picture};
use lenet5::section1::Network;
use lenet5::section2::{Curvature, FullConnection, Softmax};
use lenet5::section3::database::idx;
use lenet5::weights::{self, Weights};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::fmt::Display;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::LazyLock;

/// A parser, and valid inputs to begin with.
#[allow(dead_code)] // A fuzzing target names its own parser.
pub struct Parser {
    pub name: &'static str,
    pub seeds: fn() -> Vec<Vec<u8>>,
    pub parse: fn(&[u8]),
}

#[allow(dead_code)]
pub const PARSERS: [Parser; 7] = [
    Parser { name: "idx", seeds: idx_files, parse: idx },
    Parser { name: "weights", seeds: networks, parse: weights },
    Parser { name: "settings", seeds: tomls, parse: settings },
    Parser { name: "results", seeds: jsons, parse: results },
    Parser { name: "picture", seeds: pictures, parse: picture },
    Parser { name: "pdf", seeds: pdfs, parse: pdf },
    Parser { name: "question", seeds: questions, parse: question },
];

/// The outcome of a parser, whose error must be a message of bounded length.
fn read_or_refused<T, E: Display>(outcome: Result<T, E>) -> Option<T> {
    outcome.map_err(|error| assert!(error.to_string().len() < 10_000, "a message without end")).ok()
}

// ---- Data ----------------------------------------------------------------------------------------------------------

fn images() -> Vec<u8> {
    let header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
    header.into_iter().chain((0..784).map(|i| (i % 251) as u8)).collect()
}

fn labels() -> Vec<u8> {
    vec![0, 0, 8, 1, 0, 0, 0, 1, 7]
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(content).expect("memory takes all");
    gzip.finish().expect("memory takes all")
}

fn idx_files() -> Vec<Vec<u8>> {
    let (images, labels) = (images(), labels());
    let members = [gzip(&images[..100]), gzip(&images[100..])].concat();
    vec![gzip(&images), gzip(&labels), members, images, labels]
}

/// IDX, plain or gzipped: as images, and as labels.
pub fn idx(bytes: &[u8]) {
    read_or_refused(idx::from_bytes(bytes, &labels()));
    read_or_refused(idx::from_bytes(&images(), bytes));
}

// ---- Networks ------------------------------------------------------------------------------------------------------

/// A network of a few weights.
fn small() -> Network<f32> {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let net = Network::new((1, 2, 2)).then("hidden", FullConnection::new(4, 2, random)).expect("it fits");
    let output = FullConnection::new(2, 2, random);
    net.with_output(Softmax { output, curvature: Curvature::Exact }).expect("it fits")
}

fn networks() -> Vec<Vec<u8>> {
    let lenet_1 = Model::initial(&Arm::find("lenet-1").expect("it is compiled in"), 1);
    let bytes = |net, metadata| weights::bytes(&[(String::new(), net)], metadata);
    vec![
        weights::bytes(&[("module.".into(), &small())], []),
        bytes(&small(), [("arm", lenet_1.arm.toml())]),
        bytes(&lenet_1.net, [("arm", lenet_1.arm.toml())]),
        weights::bytes(&[(String::new(), &lenet_1.net)], []),
    ]
}

/// Safetensors: for a network whose structure is known, and for one whose arm is found.
pub fn weights(bytes: &[u8]) {
    let mut net = small();
    read_or_refused(Weights::open(bytes).and_then(|weights| weights.load(&mut net)));
    read_or_refused(Model::parse(Path::new("FILE"), bytes));
}

// ---- Settings ------------------------------------------------------------------------------------------------------

const ARMS: [&str; 3] = [
    include_str!("../experiments/rbf.toml"),
    include_str!("../experiments/lenet-1.toml"),
    include_str!("../experiments/today.toml"),
];
const STUDIES: [&str; 3] = [
    include_str!("../experiments/studies/heads.toml"),
    include_str!("../experiments/studies/codes.toml"),
    include_str!("../experiments/studies/stability.toml"),
];
const PLAN: &str = include_str!("../experiments/results/rbf-vs-softmax/config.toml");

fn tomls() -> Vec<Vec<u8>> {
    ARMS.into_iter().chain(STUDIES).chain([PLAN]).map(|text| text.into()).collect()
}

/// TOML: an arm, a study, the plan of a run.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    read_or_refused(Arm::parse("arm", "arm.toml", text));
    read_or_refused(Study::parse("study", "study.toml", text));
    read_or_refused(Plan::parse(Path::new("config.toml"), text));
}

// ---- Results -------------------------------------------------------------------------------------------------------

/// A file of the committed run, with all lists cut to two entries.
fn shortened(text: &str) -> String {
    fn shorten(value: &mut Value) {
        match value {
            Value::Array(items) => {
                items.truncate(2);
                items.iter_mut().for_each(shorten);
            }
            Value::Object(fields) => fields.values_mut().for_each(shorten),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(text).expect("the committed run is whole");
    shorten(&mut value);
    value.to_string()
}

static FILES: LazyLock<[String; 2]> = LazyLock::new(|| {
    [
        shortened(include_str!("../experiments/results/rbf-vs-softmax/results.json")),
        shortened(include_str!("../experiments/results/rbf-vs-softmax/gallery.json")),
    ]
});

fn jsons() -> Vec<Vec<u8>> {
    let [results, gallery] = FILES.clone();
    let value: Value = serde_json::from_str(&results).expect("it was written");
    let passes = value["arms"][0]["runs"][0]["passes"].to_string();
    let study = shortened(include_str!("../experiments/results/heads.json"));
    [results, gallery, passes, study].map(String::into_bytes).into()
}

/// JSON: the results and the gallery of a run, the passes of a checkpoint, the findings of a study.
pub fn results(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let results = read_or_refused(serde_json::from_str::<Results>(text)).is_some();
    let gallery = read_or_refused(serde_json::from_str::<Gallery>(text)).is_some();
    read_or_refused(serde_json::from_str::<Vec<Pass>>(text));
    read_or_refused(StudyResults::parse("study.json", text));
    // A run is checked as a whole only if its files have the right form: the other files of the committed run are large.
    let plan = || Plan::parse(Path::new("config.toml"), PLAN).expect("the committed run is whole");
    if results {
        read_or_refused(Finished::parse(Path::new("RUN"), plan(), text, &FILES[1]));
    }
    if gallery {
        read_or_refused(Finished::parse(Path::new("RUN"), plan(), &FILES[0], text));
    }
}

// ---- Pictures ------------------------------------------------------------------------------------------------------

fn pictures() -> Vec<Vec<u8>> {
    let image = image::RgbaImage::from_fn(12, 12, |x, y| {
        let level = if (5..8).contains(&x) && (2..10).contains(&y) { 20 } else { 240 };
        image::Rgba([level, level / 2, 200, 255 - level / 8])
    });
    let image = DynamicImage::from(image);
    let encoded = |image: DynamicImage, format| {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).expect("memory takes all");
        file.into_inner()
    };
    let mut pictures: Vec<Vec<u8>> = vec![
        encoded(image.clone(), ImageFormat::Png),
        encoded(image.to_luma8().into(), ImageFormat::Png),
        encoded(image.to_luma16().into(), ImageFormat::Png),
        encoded(image.to_rgb8().into(), ImageFormat::Jpeg),
        encoded(image.to_luma8().into(), ImageFormat::Jpeg),
        encoded(image.to_luma8().into(), ImageFormat::Pnm),
        encoded(image.to_rgb8().into(), ImageFormat::Pnm),
        encoded(image.clone(), ImageFormat::WebP),
        encoded(image.clone(), ImageFormat::Gif),
        encoded(image.to_rgb8().into(), ImageFormat::Bmp),
    ];
    pictures.push(b"P2 3 3 9\n9 9 9 9 0 9 9 9 9\n".into());
    pictures.push(b"P1 3 3\n0 0 0 0 1 0 0 0 0\n".into());
    pictures
}

/// All formats, as a digit and as a string.
pub fn picture(bytes: &[u8]) {
    read_or_refused(picture::parse(bytes, 1 << 20));
    read_or_refused(picture::parse_field(bytes));
}

// ---- A copy of the paper -------------------------------------------------------------------------------------------

/// A PDF of one page with these contents, and an image object.
fn document(filter: &str, contents: &[u8]) -> Vec<u8> {
    let image = "5 0 obj\n<< /Subtype /Image /Width 4 /Height 2 /ColorSpace [/Indexed /DeviceRGB 1 <000000ffffff>] \
                 /BitsPerComponent 1 /Length 2 >>\nstream\n\u{10}\u{20}\nendstream\nendobj\n";
    let head = format!(
        "%PDF-1.3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 \
         >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n{image}4 0 obj\n<< /Length {} \
         {filter} >>\nstream\n",
        contents.len()
    );
    [head.as_bytes(), contents, b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"].concat()
}

fn pdfs() -> Vec<Vec<u8>> {
    let deflated = |bytes: &[u8]| {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(bytes).expect("memory takes all");
        zlib.finish().expect("memory takes all")
    };
    let plain = b"q BI /W 3 /H 2 /CS /G /BPC 8 /F /AHx ID 00ff8080ff00> EI Q";
    let keys = b"q BI /W 3 /H 2 /CS /G /BPC 8 /F /Fl /DP << /Predictor 15 /Columns 3 >> ID ";
    let inline = [&keys[..], &deflated(&[1, 0, 255, 0, 2, 9, 9, 9]), b"\nEI Q"].concat();
    vec![document("", plain), document("", &inline), document("/Filter /FlateDecode", &deflated(&inline))]
}

/// PDF: the grey pictures.
pub fn pdf(bytes: &[u8]) {
    read_or_refused(Pictures::parse(bytes.to_vec()));
}

// ---- The page ------------------------------------------------------------------------------------------------------

fn questions() -> Vec<Vec<u8>> {
    [
        r#"{"of":{"ink":{"width":4,"height":4,"u8s":"AAAAAAD//wAA//8AAAAAAA=="}},"change":{"rows":1.5,"seed":7}}"#,
        r#"{"of":{"embedded":3},"change":{"rotation":-30,"scale":0.5,"shear":0.25,"noise":0.1}}"#,
        r#"{"of":{"pattern":115},"change":{"columns":2},"along":"rotation"}"#,
        r#"{"of":{"image":"UDIgMyAzIDkKOSA5IDkgOSAwIDkgOSA5IDkK"}}"#,
    ]
    .map(|text| text.into())
    .into()
}

static STUDIO: LazyLock<Studio> = LazyLock::new(|| Studio {
    networks: Networks::open(&[]).expect("the networks are compiled in"),
    patterns: Patterns::open(None).expect("no folder is named"),
});

/// The questions of the page, and their answers.
pub fn question(bytes: &[u8]) {
    let all = |fault: lenet5::draw::Fault| fault.error;
    read_or_refused(Question::parse(bytes).and_then(|question| Look::at(&STUDIO, &question)).map_err(all));
    read_or_refused(Along::parse(bytes).and_then(|question| Sweep::along(&STUDIO, &question)).map_err(all));
}
