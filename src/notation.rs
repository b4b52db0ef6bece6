//! The paper's symbols (skeleton).
