//! See `parse_template` in `src/lib.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| helm_hooks_fuzz::parse_template(data));
