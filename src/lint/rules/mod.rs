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
mod hh201_hook_needs_release_object;
mod hh202_hook_needs_later_hook;
mod hh203_order_by_name_only;
mod hh204_dependency_event_gap;
mod hh205_rbac_not_bound_yet;
mod hh206_post_delete_needs_release_object;
mod hh207_stale_dependency_on_upgrade;
mod hh208_pre_install_calls_release_service;
mod hh209_custom_resource_before_crd;
mod hh210_delete_hook_needs_release_object;
mod hh211_prerequisite_reaped_early;
mod hh212_custom_resource_races_crd;
mod hh401_pod_never_completes;
mod hh402_job_cannot_run;
mod hh403_workload_as_hook;
mod hh404_short_ttl;
mod hh405_endless_sidecar;
mod hh406_late_failure;
mod hh407_generate_name;
mod hh501_fixed_name;
mod hh502_job_name_too_long;
mod hh503_service_selects_hook_pod;
mod hh504_removed_api;
mod hh601_test_file_without_hook;

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
    &hh201_hook_needs_release_object::RULE,
    &hh202_hook_needs_later_hook::RULE,
    &hh203_order_by_name_only::RULE,
    &hh204_dependency_event_gap::RULE,
    &hh205_rbac_not_bound_yet::RULE,
    &hh206_post_delete_needs_release_object::RULE,
    &hh207_stale_dependency_on_upgrade::RULE,
    &hh208_pre_install_calls_release_service::RULE,
    &hh209_custom_resource_before_crd::RULE,
    &hh210_delete_hook_needs_release_object::RULE,
    &hh211_prerequisite_reaped_early::RULE,
    &hh212_custom_resource_races_crd::RULE,
    &hh401_pod_never_completes::RULE,
    &hh402_job_cannot_run::RULE,
    &hh403_workload_as_hook::RULE,
    &hh404_short_ttl::RULE,
    &hh405_endless_sidecar::RULE,
    &hh406_late_failure::RULE,
    &hh407_generate_name::RULE,
    &hh501_fixed_name::RULE,
    &hh502_job_name_too_long::RULE,
    &hh503_service_selects_hook_pod::RULE,
    &hh504_removed_api::RULE,
    &hh601_test_file_without_hook::RULE,
];

#[cfg(test)]
mod tests;
