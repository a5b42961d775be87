//! See `evaluate` in `src/lib.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| helm_hooks_fuzz::evaluate(data));
