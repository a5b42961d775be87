//! Runs phases: against scripted API servers (`testdata/run`), and, when somebody asks, against a real one.

mod cases;
mod phase;
mod real;
mod server;
mod world;
