//! What the paper says about its own formulas, and must be true of ours.

#[path = "common/draw.rs"]
mod draw;

#[path = "identities/claims.rs"]
mod claims;
#[path = "identities/codes.rs"]
mod codes;
#[path = "identities/copies.rs"]
mod copies;
#[path = "identities/gap.rs"]
mod gap;
#[path = "identities/penalties.rs"]
mod penalties;
#[path = "identities/shifts.rs"]
mod shifts;
#[path = "identities/squashing.rs"]
mod squashing;
