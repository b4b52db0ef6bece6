//! # Cookbook: the library in seven short programs
//!
//! Each of them is compiled and run by `cargo test`. They need neither network nor MNIST: where patterns are wanted and
//! `MNIST_DIR` leads to none, the digits that the program draws itself take their place.
//!
//! # Load MNIST
//! ```
//! use lenet5::section3::database::{embedded, mnist};
//! use std::path::Path;
//!
//! let database = match std::env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty()) {
//!     Some(folder) => mnist::load(Path::new(&folder))?, // checks the SHA-256 of all four files
//!     None => embedded::digits(1998),
//! };
//! let (image, label) = (database.test.image(0), database.test.label(0));
//! assert_eq!(image.dim(), (28, 28)); // 0 is paper, 255 is ink
//! assert!(label < 10);
//! # Ok::<(), lenet5::section3::database::DataError>(())
//! ```
//! `cargo run --bin experiment -- fetch` downloads it; [`mnist::load`](crate::section3::database::mnist::load) says which
//! files it looks for.
//!
//! # Build LeNet-5
//! ```
//! use lenet5::section1::Parameters;
//! use lenet5::section2::{LeNet5, Rbf, Variant};
//! use rand::SeedableRng;
//! use rand_chacha::ChaCha8Rng;
//!
//! let net = LeNet5::<f32, _>::new(Rbf::paper(), &Variant::default(), &mut ChaCha8Rng::seed_from_u64(1));
//! assert_eq!(net.parameter_count(), 60_000);
//! let c3 = net.census().nth(2).expect("C1, S2, C3");
//! assert_eq!((c3.name, c3.shape, c3.parameters), ("C3", (16, 10, 10), 1_516));
//! ```
//! With another head, or another [`Variant`](crate::section2::Variant), it is another network.
//!
//! # One step by hand
//!
//! A pattern goes in, a gradient comes out, and a small step against it makes the loss of that pattern smaller:
//! ```
//! use lenet5::section1::{Gradient, Optimiser, Parameters};
//! use lenet5::section2::{Head, LeNet5};
//! use lenet5::section3::database::embedded;
//! use rand::SeedableRng;
//! use rand_chacha::ChaCha8Rng;
//!
//! let mut net = LeNet5::<f64, _>::paper(&mut ChaCha8Rng::seed_from_u64(1));
//! let (mut states, mut slopes, mut gradient) = (net.states(), net.states(), net.zeros());
//! let patterns = embedded::digits(1998).train;
//! let label = patterns.label(0);
//!
//! patterns.pattern(0, &mut states.input);
//! net.fprop(&mut states);
//! let before = net.head.loss(&states.output, label); // eq. 8: how far F6 is from the label's code
//! net.bprop(&states, label, &mut slopes, &mut gradient);
//! Gradient { eta: 1e-4 }.step(&mut net, &gradient); // eq. 3
//!
//! net.fprop(&mut states);
//! assert!(net.head.loss(&states.output, label) < before);
//! ```
//! [`LeNet5::bbprop`](crate::section2::LeNet5::bbprop) makes second derivatives in the same way, and
//! [`appendix::c`](crate::appendix::c) a rate for each parameter of them.
//!
//! # Train an arm
//!
//! What `cargo run --bin experiment -- rbf --embedded --train 300 --test 100 --passes 2` does:
//! ```
//! use lenet5::experiment::{Arm, Bench, Data, Job, Pass, Plan, Watch};
//! use lenet5::section3::{database::embedded, training::Progress};
//! use std::sync::atomic::AtomicBool;
//!
//! struct Silent;
//! impl Watch for Silent {
//!     fn progress(&self, _: &Job, _: usize, _: &Progress) {}
//!     fn pass(&self, _: &Job, _: &Pass) {}
//! }
//!
//! let mut arm = Arm::find("rbf")?;
//! arm.settings.training.passes = 2;
//! let digits = embedded::digits(1998);
//! let data = Data { name: digits.name.clone(), train: 300, test: 100 };
//! let plan = Plan { command: "the cookbook".into(), seeds: vec![1], data, arms: vec![arm] };
//!
//! let parent = tempfile::tempdir()?;
//! let folder = parent.path().join("run");
//! plan.begin(&folder)?;
//! let digits = plan.select(&folder, digits)?;
//! let (threads, stop) = (1, AtomicBool::new(false));
//! let results = plan.run(Bench { database: &digits, folder: &folder, threads, stop: &stop, watch: &Silent })?;
//!
//! let passes = &results.arms[0].runs[0].passes;
//! assert_eq!(passes.len(), 2);
//! assert!(passes[1].loss < passes[0].loss);
//! assert!(folder.join("rbf-seed1.safetensors").exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Classify an image
//! ```
//! use lenet5::experiment::{Model, picture};
//! use lenet5::section2::Answer;
//! use lenet5::section3::database::place;
//! use std::path::Path;
//!
//! # let folder = tempfile::tempdir()?;
//! # let drawing = folder.path().join("one.png");
//! # image::GrayImage::from_fn(60, 90, |x, y| {
//! #     image::Luma([if (27..33).contains(&x) && (15..75).contains(&y) { 0 } else { 255 }])
//! # }).save(&drawing)?;
//! let Model::Rbf(net) = Model::find(Path::new("rbf"))?.1 else { unreachable!("the network of this name has codes") };
//! let mut states = net.states();
//! let image = picture::read(&drawing)?; // any PNG, JPEG or PGM of one digit; here, a stroke from top to bottom
//! place(image.view(), &mut states.input);
//! net.fprop(&mut states);
//! assert_eq!(states.output.answer(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Read a saved model
//! ```
//! use lenet5::experiment::Model;
//! use std::path::Path;
//!
//! let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/rbf.safetensors");
//! let (arm, model) = Model::load(&file)?;
//! assert_eq!(arm.settings.training.passes, 20); // how it was trained is written in the file
//! let [c1, c3] = model.convolutions();
//! assert_eq!(c1.dense().dim(), (6, 1, 5, 5));
//! assert_eq!(c3.dense().dim(), (16, 6, 5, 5)); // with zeros where Table I has no connection
//! # Ok::<(), lenet5::experiment::ExperimentError>(())
//! ```
//! It is a plain safetensors file; other frameworks load it without this library.
//!
//! # Another network from the same blocks
//!
//! In the manner of LeNet-1: two convolutions and two subsamplings for 28 x 28 images, with an output for each class:
//! ```
//! use lenet5::appendix::a::InitialWeights::RootFanIn;
//! use lenet5::section1::{Parameters, Sequential};
//! use lenet5::section2::{Convolution, FullConnection, Squashing, Subsampling, Table};
//! use ndarray::Array3;
//! use rand::SeedableRng;
//!
//! let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let mut net = Sequential::<f32>::new((1, 28, 28))
//!     .then(Convolution::new(Table::full(1, 4), 5, RootFanIn, &mut random))?
//!     .then(Squashing::PAPER)?
//!     .then(Subsampling::new(4, 0.5))?
//!     .then(Squashing::PAPER)?
//!     .then(Convolution::new(Table::full(4, 12), 5, RootFanIn, &mut random))?
//!     .then(Squashing::PAPER)?
//!     .then(Subsampling::new(12, 0.5))?
//!     .then(Squashing::PAPER)?
//!     .then(FullConnection::new(12 * 4 * 4, 10, &mut random))?
//!     .then(Squashing::PAPER)?;
//! assert_eq!(net.output_shape(), (10, 1, 1));
//!
//! let mut gradient = net.zeros();
//! let dy = net.fprop(&Array3::zeros((1, 28, 28))) - 1.0; // E = ½ Σ (y - 1)²
//! let dx = net.bprop(&dy, &mut gradient);
//! assert_eq!(dx.dim(), (1, 28, 28));
//!
//! // Blocks that do not fit say so.
//! let misfit = Sequential::<f32>::new((1, 5, 5)).then(Subsampling::new(1, 0.5)).err().expect("5 is odd");
//! assert_eq!(
//!     misfit.to_string(),
//!     "a subsampling layer was given (1, 5, 5) (maps, rows, columns) but needs 1 maps with even numbers of rows and columns",
//! );
//! # Ok::<(), lenet5::section1::ShapeError>(())
//! ```
