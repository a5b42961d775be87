//! Runs a phase in the cluster of the current kubeconfig: `HELM_HOOKS_TRY=hooks.yaml cargo test --test it run::real -- --ignored --nocapture`.
//!
//! `HELM_HOOKS_TRY_AS=helm3` and `HELM_HOOKS_TRY_OPTIONS="namespace=x timeout=5 wait-delete=helm logs=on-failure"` say how.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use helm_hooks::cluster::run::{LogMode, OnInterrupt, RunOptions, WaitDelete, run};
use helm_hooks::cluster::{Access, connect};
use helm_hooks::helm::dialect::Engine;
use helm_hooks::hooks::{Event, Method};

#[test]
#[ignore = "needs a cluster"]
fn a_phase_runs_in_a_cluster() {
    let text = std::fs::read_to_string(std::env::var("HELM_HOOKS_TRY").expect("a file")).expect("manifests");
    let engine =
        if std::env::var("HELM_HOOKS_TRY_AS").as_deref() == Ok("helm3") { Engine::Helm3 } else { Engine::Helm4 };
    let words = std::env::var("HELM_HOOKS_TRY_OPTIONS").unwrap_or_default();
    let words: HashMap<&str, &str> = words.split_whitespace().filter_map(|word| word.split_once('=')).collect();
    let word = |name: &str| words.get(name).copied().unwrap_or_default();
    let namespace = if word("namespace").is_empty() { "default" } else { word("namespace") };
    let event = Event::from_name(word("event")).unwrap_or(Event::PreInstall);
    let options = RunOptions {
        timeout: Duration::from_secs_f64(word("timeout").parse().unwrap_or(60.0)),
        wait_delete: if word("wait-delete") == "helm" { WaitDelete::Helm } else { WaitDelete::Always },
        logs: match word("logs") {
            "on-failure" => LogMode::OnFailure,
            "none" => LogMode::None,
            _ => LogMode::Stream,
        },
        on_interrupt: if word("on-interrupt") == "delete" { OnInterrupt::Delete } else { OnInterrupt::Leave },
        ..RunOptions::default()
    };
    let phase = super::phase::of(&text, event, engine, Method::of(engine), namespace);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let quiet = !word("quiet").is_empty();
    let kubeconfigs = std::env::var_os("KUBECONFIG").map(|paths| std::env::split_paths(&paths).collect());
    let access = Access { kubeconfigs: kubeconfigs.unwrap_or_default(), ..Access::default() };
    runtime.block_on(async {
        let cluster = connect(&access).await.expect("a cluster");
        let (stop, interrupt) = tokio::sync::watch::channel(false);
        let after = word("interrupt-after").parse().unwrap_or(1e9);
        let begun = Instant::now();
        let say = |event| {
            if !quiet {
                eprintln!("{:8.3} {event:?}", begun.elapsed().as_secs_f64());
            }
        };
        let stopper = async {
            tokio::time::sleep(Duration::from_secs_f64(after)).await;
            let _ = stop.send(true);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            outcome = run(&cluster, &phase, &options, interrupt, &say, None) => {
                eprintln!("{:8.3} {outcome:?}", begun.elapsed().as_secs_f64());
            }
            () = stopper => {}
        }
    });
}
