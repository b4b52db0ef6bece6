//! From the method of an arm to its trained classifier, and from a file back to it.

use crate::experiment::Method;
use crate::experiment::settings::Reduced;
use crate::section1::Network;
use crate::section3::classifiers::Stored;
use crate::section3::classifiers::boosted::Boosted;
use crate::section3::classifiers::error::MethodError;
use crate::section3::classifiers::linear::{Linear, Pairwise};
use crate::section3::classifiers::local::LocalLearning;
use crate::section3::classifiers::neighbours::Neighbours;
use crate::section3::classifiers::on_features::{self, OnFeatures};
use crate::section3::classifiers::quadratic::Quadratic;
use crate::section3::classifiers::rbf_network::{self, RbfNetwork};
use crate::section3::classifiers::reduced_set::{self, ReducedSettings};
use crate::section3::classifiers::svm::{self, KernelMachine, SvmSettings};
use crate::section3::classifiers::tangent_distance::{self, TangentDistance};
use crate::section3::classifiers::vectors::{Arrays, Watch};
use crate::section3::database::Patterns;

/// The arrays of files whose columns are pixels.
const OF_PIXELS: [&str; 5] =
    ["neighbours.images", "pca.directions", "rbf.centres", "tangent.images", "svm.vectors"];

impl Method {
    /// Trains it on patterns whose images have its form.
    ///
    /// # Errors
    /// When the patterns do not suffice, or training is to stop.
    ///
    /// # Panics
    /// When it stands on a network.
    pub fn train(
        &self,
        patterns: &Patterns,
        seed: u64,
        threads: usize,
        watch: Watch,
    ) -> Result<Box<dyn Stored>, MethodError> {
        Ok(match *self {
            Self::Linear { ridge, .. } => Box::new(Linear::train(patterns, ridge, threads, watch)?),
            Self::Pairwise { ridge, gain, .. } => Box::new(Pairwise::train(patterns, ridge, gain, watch)?),
            Self::Neighbours { k, stored, .. } => {
                let stored = stored.unwrap_or(patterns.len()).min(patterns.len());
                Box::new(Neighbours::train(&patterns.range(0..stored), k)?)
            }
            Self::Quadratic { components, terms, ridge, .. } => {
                Box::new(Quadratic::train(patterns, components, terms, ridge, threads, watch)?)
            }
            Self::RbfNetwork { centres, passes, width, ridge, .. } => {
                let settings = rbf_network::Settings { centres, passes, width, ridge, seed };
                Box::new(RbfNetwork::train(patterns, &settings, threads, watch)?)
            }
            Self::TangentDistance { sigma, ridge, coarse, shortlist, k, .. } => {
                let settings = tangent_distance::Settings { sigma, ridge, coarse, shortlist, k };
                Box::new(TangentDistance::train(patterns, settings, watch)?)
            }
            Self::SupportVectors { degree, offset, cost, virtual_degree, reduced, .. } => {
                let settings = SvmSettings { degree, offset, cost };
                Box::new(support_vectors(patterns, settings, virtual_degree, reduced, threads, watch)?)
            }
            Self::FeatureNeighbours { .. } | Self::LocalLearning { .. } | Self::Boosted { .. } => {
                unreachable!("it stands on a network")
            }
        })
    }

    /// Puts it on a trained network.
    ///
    /// # Errors
    /// When the patterns do not suffice, or training is to stop.
    ///
    /// # Panics
    /// When it does not stand on one network.
    pub fn on(
        &self,
        net: Network<f32>,
        patterns: &Patterns,
        watch: Watch,
    ) -> Result<Box<dyn Stored>, MethodError> {
        match self {
            Self::FeatureNeighbours { layer, k } => {
                let (features, labels) = on_features::stored(&net, layer, patterns, watch)?;
                let last = Neighbours::new(features, labels, patterns.classes(), *k)?;
                Ok(Box::new(OnFeatures { net, layer: layer.clone(), last: Box::new(last) }))
            }
            Self::LocalLearning { layer, k, ridge } => {
                let (features, labels) = on_features::stored(&net, layer, patterns, watch)?;
                let last = LocalLearning::new(features, labels, patterns.classes(), *k, *ridge)?;
                Ok(Box::new(OnFeatures { net, layer: layer.clone(), last: Box::new(last) }))
            }
            _ => unreachable!("it does not stand on one network"),
        }
    }

    /// The trained classifier with these arrays, for images of so many `pixels`; `net` makes the initial network of the arm.
    ///
    /// # Errors
    /// When an array is missing or does not fit: which.
    pub fn restore(
        &self,
        arrays: &mut Arrays,
        pixels: usize,
        net: impl Fn() -> Network<f32>,
    ) -> Result<Box<dyn Stored>, String> {
        match self {
            Self::FeatureNeighbours { .. } | Self::LocalLearning { .. } => {
                let features =
                    self.layer().and_then(|layer| net().states().get(layer).map(|state| state.len()));
                let features = features.unwrap_or(0);
                ["neighbours.images", "local.features"]
                    .iter()
                    .try_for_each(|name| arrays.expect_columns(name, features))?;
            }
            Self::Linear { .. } | Self::Pairwise { .. } => arrays.expect_columns("output.weight", pixels)?,
            _ => OF_PIXELS.iter().try_for_each(|name| arrays.expect_columns(name, pixels))?,
        }
        self.restored(arrays, net)
    }

    fn restored(
        &self,
        arrays: &mut Arrays,
        net: impl Fn() -> Network<f32>,
    ) -> Result<Box<dyn Stored>, String> {
        Ok(match self {
            Self::Linear { .. } => Box::new(Linear::from_arrays(arrays)?),
            Self::Pairwise { gain, .. } => Box::new(Pairwise::from_arrays(arrays, *gain)?),
            Self::Neighbours { k, .. } => Box::new(Neighbours::from_arrays(arrays, *k)?),
            Self::Quadratic { terms, .. } => Box::new(Quadratic::from_arrays(arrays, *terms)?),
            Self::FeatureNeighbours { layer, k } => {
                let last = Box::new(Neighbours::from_arrays(arrays, *k)?);
                Box::new(OnFeatures { net: arrays.network("", net())?, layer: layer.clone(), last })
            }
            Self::RbfNetwork { .. } => Box::new(RbfNetwork::from_arrays(arrays)?),
            Self::TangentDistance { .. } => Box::new(TangentDistance::from_arrays(arrays)?),
            Self::SupportVectors { .. } => Box::new(KernelMachine::from_arrays(arrays)?),
            Self::LocalLearning { layer, .. } => {
                let last = Box::new(LocalLearning::from_arrays(arrays)?);
                Box::new(OnFeatures { net: arrays.network("", net())?, layer: layer.clone(), last })
            }
            Self::Boosted { .. } => {
                let nets = ["net1.", "net2.", "net3."].map(|prefix| arrays.network(prefix, net()));
                let [one, two, three] = nets;
                Box::new(Boosted::restored([one?, two?, three?], arrays)?)
            }
        })
    }
}

/// Support vector machines, then perhaps with virtual vectors, then perhaps reduced. Each step has its share of the progress.
fn support_vectors(
    patterns: &Patterns,
    settings: SvmSettings,
    virtual_degree: Option<u32>,
    reduced: Option<Reduced>,
    threads: usize,
    watch: Watch,
) -> Result<KernelMachine, MethodError> {
    let steps = 1.0 + f64::from(u8::from(virtual_degree.is_some())) + f64::from(u8::from(reduced.is_some()));
    let mut machine = svm::train(patterns, &settings, threads, &|done| watch(done / steps))?;
    if let Some(degree) = virtual_degree {
        let (settings, shape) = (SvmSettings { degree, ..settings }, patterns.image(0).dim());
        machine =
            svm::with_virtual(&machine, shape, &settings, threads, &|done| watch((1.0 + done) / steps))?;
    }
    if let Some(Reduced { vectors, steps: descent }) = reduced {
        let settings = ReducedSettings { vectors, steps: descent };
        let watch = |done| watch((steps - 1.0 + done) / steps);
        machine = reduced_set::reduce(&machine, patterns, &settings, threads, &watch)?;
    }
    Ok(machine)
}
