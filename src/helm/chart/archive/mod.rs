//! Charts packed as `.tgz`: which files are inside, and what Helm refuses.
//!
//! Mirrors `pkg/chart/loader/archive.go`, in Helm 4 `pkg/chart/loader/archive`. Nothing is unpacked to disk, so links in an archive
//! are what Helm makes of them: empty files.

mod gunzip;
mod sniff;
mod tar;

use std::io::{BufReader, Read};

use self::gunzip::Gunzip;
use self::tar::{Tar, stream_error};
use super::ChartFile;
use crate::go::{path, strconv};
use crate::helm::dialect::Dialect;

/// `MaxDecompressedChartSize`.
const MAX_CHART_SIZE: u64 = 100 * 1024 * 1024;
/// `MaxDecompressedFileSize`.
pub(super) const MAX_FILE_SIZE: u64 = 5 * 1024 * 1024;

/// A UTF-8 byte order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// An archive that cannot be read.
#[derive(Debug)]
pub(super) struct ArchiveError {
    pub(super) message: String,
    /// `gzip.ErrHeader`: not a gzip stream at all.
    pub(super) not_gzip: bool,
}

impl From<String> for ArchiveError {
    fn from(message: String) -> ArchiveError {
        ArchiveError { not_gzip: message == gunzip::ERR_HEADER, message }
    }
}

/// The bytes without a UTF-8 byte order mark.
pub(super) fn without_bom(mut data: Vec<u8>) -> Vec<u8> {
    if data.starts_with(BOM) {
        data.drain(..BOM.len());
    }
    data
}

/// Refuses a file that is no gzip stream by its first bytes. `name` is the path as Helm shows it.
pub(super) fn ensure_archive(name: &str, start: &[u8]) -> Result<(), String> {
    // Go hands its whole buffer to the detection, so a short text ends in zeros and is no text any more.
    let mut buffer = [0; 512];
    for (to, from) in buffer.iter_mut().zip(start) {
        *to = *from;
    }
    let found = sniff::content_type(&buffer);
    if found == "application/x-gzip" || start.starts_with(b"\x1f\x8b\x08") {
        return Ok(());
    }
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        return Err(format!("file '{name}' seems to be a YAML file, but expected a gzipped archive"));
    }
    Err(format!("file '{name}' does not appear to be a gzipped archive; got '{found}'"))
}

/// The files of an archive, their paths below the archive's one folder.
pub(super) fn read_files(input: impl Read, dialect: &Dialect) -> Result<Vec<ChartFile>, ArchiveError> {
    read_limited(input, dialect, MAX_CHART_SIZE, MAX_FILE_SIZE)
}

fn read_limited(
    input: impl Read,
    dialect: &Dialect,
    max_chart: u64,
    max_file: u64,
) -> Result<Vec<ChartFile>, ArchiveError> {
    let unzipped = Gunzip::new(BufReader::new(input)).map_err(|e| stream_error(&e))?;
    let mut archive = Tar::new(BufReader::new(unzipped));
    let too_large = || format!("decompressed chart is larger than the maximum {} {max_chart}", dialect.chart_size_name);
    let mut files = Vec::new();
    let mut remaining = max_chart;
    while let Some(entry) = archive.next_entry()? {
        if entry.is_folder() || entry.is_global_header() {
            continue;
        }
        let name = inner_path(&entry.name)?;
        if entry.size > remaining {
            return Err(too_large().into());
        }
        if entry.size > max_file {
            return Err(format!(
                "decompressed chart file {} is larger than the maximum file size {max_file}",
                strconv::quote(entry.name.as_bytes())
            )
            .into());
        }
        let data = archive.read_data(remaining)?;
        let read = data.len() as u64;
        remaining = remaining.saturating_sub(read);
        if read < entry.size || remaining == 0 {
            return Err(too_large().into());
        }
        files.push(ChartFile { name, data: without_bom(data).into() });
    }
    if files.is_empty() {
        return Err("no files in chart archive".to_owned().into());
    }
    Ok(files)
}

/// The path without its first element, which is the archive's folder.
fn inner_path(name: &str) -> Result<String, String> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (folder, inner) = name.split_once(delimiter).unwrap_or((name, ""));
    let inner = inner.replace(delimiter, "/");
    if inner.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let inner = String::from_utf8_lossy(&path::clean(inner.as_bytes())).into_owned();
    if inner == "." {
        let name = strconv::quote(name.as_bytes());
        return Err(format!("chart illegally contains content outside the base directory: {name}"));
    }
    if inner.starts_with("..") {
        return Err("chart illegally references parent directory".to_owned());
    }
    if matches!(inner.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic()) {
        return Err("chart contains illegally named files".to_owned());
    }
    if folder == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_owned());
    }
    Ok(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gzipped tar of files of these sizes.
    fn packed(sizes: &[usize]) -> Vec<u8> {
        use std::io::Write;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for (at, size) in sizes.iter().enumerate() {
            let mut header = [0; 512];
            let mut put = |at: usize, text: String| header[at..at + text.len()].copy_from_slice(text.as_bytes());
            put(0, format!("c/{at}"));
            put(124, format!("{size:011o}"));
            put(148, " ".repeat(8));
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            gz.write_all(&header).unwrap();
            gz.write_all(&vec![b'x'; *size]).unwrap();
            gz.write_all(&vec![0; size.next_multiple_of(512) - size]).unwrap();
        }
        gz.write_all(&[0; 1024]).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn large_archives_are_refused() {
        use crate::helm::dialect::{HELM3, HELM4};
        let read = |sizes: &[usize], dialect| {
            let files = read_limited(packed(sizes).as_slice(), dialect, 1000, 400);
            files.map(|files| files.len()).map_err(|e| e.message)
        };
        assert_eq!(read(&[400, 400, 199], &HELM3), Ok(3));
        let helm3 = "decompressed chart is larger than the maximum file size 1000".to_owned();
        // Not even the last byte may be used up.
        assert_eq!(read(&[400, 400, 200], &HELM3), Err(helm3.clone()));
        assert_eq!(read(&[400, 400, 201], &HELM3), Err(helm3));
        let helm4 = "decompressed chart is larger than the maximum size 1000".to_owned();
        assert_eq!(read(&[400, 400, 201], &HELM4), Err(helm4));
        let file = "decompressed chart file \"c/1\" is larger than the maximum file size 400".to_owned();
        assert_eq!(read(&[1, 401], &HELM4), Err(file));
    }

    #[test]
    fn cut_archives_end_in_an_error() {
        let whole = packed(&[3, 700, 20]);
        for length in 0..whole.len() {
            let cut = whole.get(..length).unwrap();
            let error = read_files(cut, &crate::helm::dialect::HELM3).map(|files| files.len()).map_err(|e| e.message);
            let want = if length == 0 { "EOF" } else { "unexpected EOF" };
            // The end of the archive comes before the end of the stream, which Go does not wait for.
            assert!(error == Err(want.to_owned()) || error == Ok(3), "{length}: {error:?}");
        }
    }

    #[test]
    fn paths_inside() {
        let cases: &[(&str, Result<&str, &str>)] = &[
            ("c/Chart.yaml", Ok("Chart.yaml")),
            ("c\\templates\\a.yaml", Ok("templates/a.yaml")),
            ("c/./a//b/../d", Ok("a/d")),
            ("c//a", Err("chart illegally contains absolute paths")),
            ("Chart.yaml", Err("chart illegally contains content outside the base directory: \"Chart.yaml\"")),
            ("c/../../a", Err("chart illegally references parent directory")),
            ("c/..a", Err("chart illegally references parent directory")),
            ("c/C:/a", Err("chart contains illegally named files")),
            ("Chart.yaml/a", Err("chart yaml not in base directory")),
        ];
        for (name, want) in cases {
            assert_eq!(inner_path(name).as_deref().map_err(String::as_str), *want, "{name}");
        }
    }
}
