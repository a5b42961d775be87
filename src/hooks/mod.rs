//! The domain: events, weights, delete policies, the order hooks run in, and the plan of each operation.
//!
//! Knows nothing of how a plan is printed or run.
