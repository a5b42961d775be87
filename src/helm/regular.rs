//! Reading whole files that have to be files: a pipe or a device in a file's place keeps whoever reads it for ever.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// No file that anyone wrote for Helm is longer, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// All of a file. Links are followed.
///
/// # Errors
/// The system's; for what is neither file nor folder, and for a file that is too long.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut data = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut data)?;
    if data.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("larger than {MAX_BYTES} bytes")));
    }
    Ok(data)
}
