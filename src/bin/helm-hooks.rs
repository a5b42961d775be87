//! `helm hooks …`, and the program under its own name.

fn main() -> std::process::ExitCode {
    helm_hooks::cli::main()
}
