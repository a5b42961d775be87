//! All rules, one file each, and the one list of them.

use super::Rule;

mod hh101_unknown_event;

/// All rules, by code.
pub const ALL: &[&Rule] = &[&hh101_unknown_event::RULE];

#[cfg(test)]
mod tests;
