//! Numbers that stand between a template and all the memory there is.

/// The longest text one value is printed or marshalled to, in bytes. Dicts that share dicts can become more text than there
/// is memory; a release in the cluster is at most 1 MiB. Small in unit tests, which reach it.
pub const MAX_TEXT: usize = if cfg!(test) { 4 << 20 } else { 256 << 20 };
