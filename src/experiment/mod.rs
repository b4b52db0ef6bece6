#![doc = include_str!("mod.md")]

mod arm;
mod check;
mod checkpoint;
#[cfg(feature = "cli")]
pub mod command_line;
mod comparison;
mod error;
pub(crate) mod files;
mod finished;
mod gallery;
mod grey;
mod head;
mod machine;
mod model;
mod network;
pub mod picture;
mod plan;
mod results;
mod run;
#[cfg(feature = "cli")]
pub mod screen;
mod settings;
mod signal;
mod study;
mod study_results;
#[cfg(feature = "figures")]
pub mod study_table;
#[cfg(feature = "figures")]
pub mod summary;
mod today;

pub use arm::Arm;
pub use comparison::{PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
pub use error::ExperimentError;
pub use finished::Finished;
pub use gallery::{ArmGallery, Gallery, Margins, Shown, f6, right_and_wrong};
pub use grey::Grey;
pub use head::{ArmHead, NamedArray, closest};
pub use machine::Machine;
pub use model::Model;
pub use plan::{Outcome, Plan};
pub use results::{ArmResults, Data, LayerRates, LayerSignal, Pass, Results, Run};
pub use run::{Bench, Job, Watch};
pub use settings::{
    Choice, CoefficientOf, Estimates, HeadKind, HeadSettings, Loss, Penalty, Rule, Schedule, Settings,
    TrainingSettings,
};
pub use study::{JudgedOn, Study};
pub use study_results::{StudyArm, StudyResults, StudyRun};
