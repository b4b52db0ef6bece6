//! The classifiers of III-C.

mod reduced_set;
mod svm;
