//! The one integration binary.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

mod layers;
