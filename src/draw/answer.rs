//! Answers: JSON with numbers in base64, or a sentence about the fault.

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::StatusCode;
use ndarray::Array3;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

/// The reason why a request is not answered, sent as `{ "error": "..." }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// 4xx, or 500.
    #[serde(skip)]
    pub status: StatusCode,
    /// A sentence: what was found, what was expected, and what to do.
    pub error: String,
}

impl Fault {
    /// A fault with this status.
    pub fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }

    /// 400: the request is not a valid question.
    pub fn malformed(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 422: the question is valid, but there is nothing to read.
    pub fn unreadable(error: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }
}

/// Reads a question of the page.
///
/// # Errors
/// 400, with the field that is wrong.
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Fault> {
    let fault = |error: String| Fault::malformed(format!("the body is not a valid question: {error:.1000}"));
    let mut reader = serde_json::Deserializer::from_slice(text);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| fault(error.to_string()))?;
    reader.end().map_err(|error| fault(error.to_string()))?;
    Ok(parsed)
}

/// Bytes, in base64.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Bytes(pub Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        STANDARD.decode(text).map(Self).map_err(|error| format!("is not base64: {error}"))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

/// Writes numbers as base64 of little-endian single precision.
pub fn f32s<S: Serializer>(numbers: &Array3<f32>, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    Bytes(bytes).serialize(serializer)
}
