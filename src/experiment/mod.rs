#![doc = mathdoc::page!("mod.md")]

#[cfg(feature = "cli")]
pub mod command_line;
mod error;
mod files;
pub mod picture;
mod reading;
mod results;
mod run;
#[cfg(feature = "cli")]
pub mod screen;
mod settings;

pub use error::{Diverged, ExperimentError};
pub use reading::{AllPaths, Alternative, ArcJson, BestPath, GraphJson, ReadString};
pub use results::{ArmGallery, Gallery, Margins, Shown, f6, right_and_wrong};
pub use results::{ArmResults, Data, DivergedRun, LayerRates, LayerSignal, Pass, Results, Run};
pub use results::{Costs, StringsTrained, StudyArm, StudyResults, StudyRun};
pub use results::{Finished, Grey, Machine, PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
#[cfg(feature = "figures")]
pub use results::{bars, study_table, summary};
pub use run::{Answer, Job, Model, Outcome, Plan, RunContext, Trained, Watch};
pub use settings::{Arm, JudgedOn, Measurement, Method, Settings, StringTraining, Study};
pub use settings::{Choice, Codes, CoefficientOf, Estimates, HeadKind, HeadSettings, Loss, Penalty, Rule};
pub use settings::{Schedule, TrainingSettings};
