//! III-C: the classifiers that are no networks trained by gradients.

mod local;
mod nearest;
mod rbf_network;
mod tangent;
