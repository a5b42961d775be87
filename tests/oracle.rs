//! The oracle programs' protocol, answered by us: one JSON question a line on stdin, one JSON answer a line on stdout.
//! `cargo run --example oracle -- helm3|helm4`. For differential fuzzing beside the real ones.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for scripts")]

mod common;

use std::io::{BufRead, Write};

use helm_hooks::helm::dialect::Engine;
use serde_json::{Value as Json, json};

fn main() {
    let engine = match std::env::args().nth(1).as_deref() {
        Some("helm3") => Engine::Helm3,
        _ => Engine::Helm4,
    };
    serve(engine);
}

fn serve(engine: Engine) {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let answer = match serde_json::from_str::<Json>(&line) {
            Ok(question) => {
                let mut answer = common::answer(&question, engine);
                answer["id"] = question["id"].clone();
                answer
            }
            Err(error) => json!({"error": format!("question: {error}")}),
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}
