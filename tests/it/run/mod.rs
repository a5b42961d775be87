//! Runs phases: against scripted API servers (`testdata/run`), and, when somebody asks, against a real one.

mod phase;
mod real;
