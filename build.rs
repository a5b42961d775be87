//! Links the released programs for Linux to a fixed address. Otherwise the loader has twelve thousand addresses in tables to put
//! right at every start, and to copy the pages they are on: a tenth of what a small chart takes altogether.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value| std::env::var(name).is_ok_and(|is| is == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
