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
mod hh301_no_before_hook_creation;
mod hh302_workload_uses_deleted_hook_object;
mod hh303_workload_waits_for_post_hook;
mod hh304_live_object_recreated;
mod hh305_stateful_hook;
mod hh306_keep_without_effect;
mod hh307_leftover_after_uninstall;
mod hh308_crd_as_hook;
mod hh309_same_object_twice;
mod hh310_hook_failed_policy;
mod hh311_random_hook_object;
mod hh312_same_hook_in_two_charts;
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
mod hh701_argocd_install_hook_every_sync;
mod hh702_argocd_event_support;
mod hh703_argocd_annotation_conflict;
mod hh801_object_became_hook;
mod hh802_hook_became_object;

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
    &hh301_no_before_hook_creation::RULE,
    &hh302_workload_uses_deleted_hook_object::RULE,
    &hh303_workload_waits_for_post_hook::RULE,
    &hh304_live_object_recreated::RULE,
    &hh305_stateful_hook::RULE,
    &hh306_keep_without_effect::RULE,
    &hh307_leftover_after_uninstall::RULE,
    &hh308_crd_as_hook::RULE,
    &hh309_same_object_twice::RULE,
    &hh310_hook_failed_policy::RULE,
    &hh311_random_hook_object::RULE,
    &hh312_same_hook_in_two_charts::RULE,
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
    &hh701_argocd_install_hook_every_sync::RULE,
    &hh702_argocd_event_support::RULE,
    &hh703_argocd_annotation_conflict::RULE,
    &hh801_object_became_hook::RULE,
    &hh802_hook_became_object::RULE,
];

#[cfg(test)]
mod tests;
