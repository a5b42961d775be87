//! All rules, one file each, and the one list of them.

use super::Rule;

mod hh101_unknown_event;
mod hh102_removed_event;
mod hh103_event_not_canonical;
mod hh104_weight_not_a_string;
mod hh105_weight_not_an_integer;
mod hh106_unknown_delete_policy;

/// All rules, by code.
pub const ALL: &[&Rule] = &[
    &hh101_unknown_event::RULE,
    &hh102_removed_event::RULE,
    &hh103_event_not_canonical::RULE,
    &hh104_weight_not_a_string::RULE,
    &hh105_weight_not_an_integer::RULE,
    &hh106_unknown_delete_policy::RULE,
];

#[cfg(test)]
mod tests;
