//! `kubectl hooks …`.

fn main() -> std::process::ExitCode {
    helm_hooks::cli::main()
}
