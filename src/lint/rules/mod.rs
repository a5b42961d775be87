//! All rules, one file each, and the one list of them.

use super::Rule;

mod hh101_unknown_event;
mod hh102_removed_event;
mod hh103_event_not_canonical;
mod hh104_weight_not_a_string;
mod hh105_weight_not_an_integer;
mod hh106_unknown_delete_policy;
mod hh107_unknown_hook_annotation;
mod hh108_orphan_hook_annotation;
mod hh109_misplaced_hook_annotation;
mod hh110_duplicate_key;
mod hh111_merged_documents;

/// All rules, by code.
pub const ALL: &[&Rule] = &[
    &hh101_unknown_event::RULE,
    &hh102_removed_event::RULE,
    &hh103_event_not_canonical::RULE,
    &hh104_weight_not_a_string::RULE,
    &hh105_weight_not_an_integer::RULE,
    &hh106_unknown_delete_policy::RULE,
    &hh107_unknown_hook_annotation::RULE,
    &hh108_orphan_hook_annotation::RULE,
    &hh109_misplaced_hook_annotation::RULE,
    &hh110_duplicate_key::RULE,
    &hh111_merged_documents::RULE,
];

#[cfg(test)]
mod tests;
